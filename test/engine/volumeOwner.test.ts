import { afterEach, beforeAll, expect, test } from "vitest";
import { clubhouse } from "../../apps/clubhouse";
import { resolveImage } from "../../lib/image";
import { startContainer } from "../../operations/steps/start";
import { docker } from "./harness/engine";
import { imageMirror } from "./harness/images";

const volume = "slipway-engine-volume-owner";
const label = "slipway.stack=volume-owner";
const image = clubhouse.images.proxy?.default ?? "";
const user = "1234:1235";

let reference: string;
const shell = (script: string, ...options: readonly string[]) =>
  docker("container", "run", "--rm", ...options, "--entrypoint", "sh", reference, "-c", script);

beforeAll(async () => {
  reference = resolveImage(image, { mirror: await imageMirror() });
});

afterEach(async () => {
  const left = await docker("container", "ls", "--all", "--quiet", "--filter", `label=${label}`);
  if (left !== "") await docker("container", "rm", "--force", "--volumes", ...left.split("\n"));
  await docker("volume", "rm", "--force", volume);
});

/** What a process says that is started as the containers of a stack are: read-only, with the volume in a folder of its own. */
async function started(script: string): Promise<string> {
  const id = await docker(
    ...["container", "create", "--read-only", "--user", user, "--cap-drop", "ALL", "--label", label],
    ...["--volume", `${volume}:/srv/uploads`, "--entrypoint", "sh", reference, "-c", script],
  );
  await startContainer({ id, files: {}, owner: user });
  await docker("container", "wait", id);
  return docker("container", "logs", id);
}

const owners = "stat -c '%n %u:%g %a' /srv/uploads /srv/uploads/*";

test("a new volume belongs to the user of the container, in a folder that the image doesn't have", async () => {
  expect(await started(`touch /srv/uploads/a && ${owners}`)).toBe(
    `/srv/uploads ${user} 755\n/srv/uploads/a ${user} 644`,
  );
  const containers = await docker("container", "ls", "--all", "--quiet", "--filter", `label=${label}`);
  expect(containers.split("\n")).toHaveLength(1);
});

test("a volume with anything in it is left as it is", async () => {
  await shell("touch /volume/kept", "--user", "0:0", "--volume", `${volume}:/volume`);
  expect(await started(owners)).toBe("/srv/uploads 0:0 755\n/srv/uploads/kept 0:0 644");
});

test("a copy of a folder of the image belongs to the user of the container, with all that is in it", async () => {
  const folder = "/etc/ssl";
  const unchanged = await shell(`find ${folder} -mindepth 1 | sort`);
  const id = await docker(
    ...["container", "create", "--read-only", "--user", user, "--cap-drop", "ALL", "--label", label],
    ...["--volume", folder, "--entrypoint", "sh", reference, "-c"],
    `find ${folder} ! -user 1234 -o ! -group 1235; find ${folder} -mindepth 1 | sort; touch ${folder}/changed`,
  );
  await startContainer({ id, files: {}, owner: user, copies: [folder] });
  expect(await docker("container", "wait", id)).toBe("0");
  expect(await docker("container", "logs", id)).toBe(unchanged);
});

test("an empty volume that is somebody's already is left to them", async () => {
  await shell("chown 77:78 /volume", "--user", "0:0", "--volume", `${volume}:/volume`);
  expect(await started("stat -c '%u:%g' /srv/uploads")).toBe("77:78");
});
