import { afterAll, beforeAll, expect, test } from "vitest";
import { clubhouse } from "../../apps/clubhouse";
import { Deployment } from "../../operations/deployment";
import { restoreVolume } from "../../operations/restoreVolume";
import { callBackup } from "../../operations/steps/backupService";
import { docker } from "./harness/engine";
import { BackupLab } from "./support/backupLab";
import { emptyVolume, fillVolume, volumeEntries } from "./support/volumes";

const volume = "slipway-engine-uploads";
const user = "slipway-engine-uploads-user";
const stack = "volume-restore";

let lab: BackupLab;

const clear = async () => {
  await docker("container", "rm", "--force", user).catch(() => undefined);
  await docker("volume", "rm", "--force", volume);
};

beforeAll(async () => {
  lab = await BackupLab.create("slipway-engine-volumes");
  await clear();
  await lab.start({ volumes: { uploads: volume } });
  const labels = { system: clubhouse.name, stack, service: "backend", release: "1.0.0" };
  await docker(
    ...["container", "run", "--detach", "--init", "--name", user, "--volume", `${volume}:/uploads`],
    ...Object.entries(labels).flatMap(([label, value]) => ["--label", `slipway.${label}=${value}`]),
    ...["--entrypoint", "sleep", lab.image, "infinity"],
  );
});

afterAll(async () => {
  await lab?.remove();
  await clear();
});

test("files come back with owners, modes, times, links and extended attributes, while what mounts them is stopped", async () => {
  const mtime = new Date("2024-02-29T12:34:56Z");
  const owned = { uid: 1234, gid: 4321, mtime };
  await fillVolume(volume, lab.image, [
    { name: ".", type: "directory", mode: 0o2770, ...owned },
    { name: "photos", type: "directory", mode: 0o2775, ...owned },
    {
      ...{ name: "photos/1.jpg", mode: 0o640, ...owned, content: "a picture" },
      pax: { "SCHILY.xattr.user.caption": "a caption" },
    },
    { name: "photos/again.jpg", type: "link", linkname: "photos/1.jpg", mode: 0o640, ...owned },
    { name: "latest", type: "symlink", linkname: "photos/1.jpg", ...owned },
    { name: "private", type: "directory", mode: 0o500, ...owned, uid: 1000 },
    { name: "private/key", mode: 0o400, ...owned, uid: 1000, content: "secret" },
  ]);
  const before = await volumeEntries(volume, lab.image);
  expect(before).toHaveLength(7);
  expect(before[0]).toMatchObject({ name: "./", mode: 0o2770, uid: 1234, gid: 4321 });
  expect(before[1]).toMatchObject({ mtime });
  expect(JSON.stringify(before)).toContain('"SCHILY.xattr.user.caption":"a caption"');
  const { run } = await callBackup(lab.service, "backup", { reason: "manual" });
  await emptyVolume(volume, lab.image);
  await fillVolume(volume, lab.image, [{ name: "later", content: "made since" }]);
  await docker("exec", user, "chown", "1:1", "/uploads");

  const [entry] = await callBackup(lab.service, "list", {});
  if (entry === undefined) throw new Error("there is no backup");
  const manifest = await callBackup(lab.service, "manifest", { run });
  const started = () => docker("container", "inspect", "--format", "{{.State.StartedAt}}", user);
  const startedBefore = await started();
  // One that a stack on this engine would have.
  const deployment = Object.assign(Object.create(Deployment.prototype) as Deployment, {
    ...{ stack, app: clubhouse, readyTimeout: 30 },
  });
  const args = { volume: "uploads", entry, manifest, repository: undefined, dryRun: false, yes: true };
  await restoreVolume(deployment, lab.service, args);

  expect(await volumeEntries(volume, lab.image)).toEqual(before);
  expect(await docker("exec", user, "cat", "/uploads/latest")).toBe("a picture");
  expect(await started()).not.toBe(startedBefore);
});
