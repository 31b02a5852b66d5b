import { afterAll, beforeAll, expect, test } from "vitest";
import { loadExeca } from "../../lib/execa";
import type { CreateBucketsInput } from "../../operations/steps/createBuckets";
import { objectStoreStandIn } from "../../setup/images/testStandIns";
import { repository } from "../../setup/paths";
import { docker } from "./harness/engine";
import { standInsOf } from "./harness/images";
import { pinned } from "./support/backupLab";

const name = "slipway-engine-object-store";
const folder = "/run/secrets/object-store";
/** With all that a shell, JSON or a URL could stumble over. */
const secretKey = "a:b@c'\"d/e%f$g\\h";

const clear = async () => {
  await docker("container", "rm", "--force", "--volumes", name).catch(() => undefined);
  await docker("volume", "rm", "--force", name);
};

beforeAll(async () => {
  await standInsOf([objectStoreStandIn]);
  await clear();
  const hardened = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true", "--init"];
  const environment = {
    MINIO_ROOT_USER_FILE: `${folder}/access-key`,
    MINIO_ROOT_PASSWORD_FILE: `${folder}/secret-key`,
    MINIO_BROWSER: "off",
    MINIO_UPDATE: "off",
  };
  await docker(
    ...["container", "create", "--name", name, "--user", "1000:1000", "--network", "none", ...hardened],
    ...["--tmpfs", "/tmp:rw,noexec,nosuid,nodev,size=64m,uid=1000,gid=1000"],
    ...["--volume", `${name}:/data`, "--volume", folder, "--memory", "512m"],
    ...Object.entries(environment).flatMap(([variable, value]) => ["--env", `${variable}=${value}`]),
    ...["--health-cmd", "mc ready local", "--health-interval", "2s", "--health-timeout", "5s"],
    ...[await pinned(objectStoreStandIn.image), "minio", "server", "/data", "--address", ":9000"],
  );
});

afterAll(clear);

/** As every update does it that changes anything of the store. */
async function createBuckets(buckets: readonly string[], key = secretKey) {
  const files = { [`${folder}/access-key`]: "access-key", [`${folder}/secret-key`]: secretKey };
  const input: CreateBucketsInput = {
    container: { id: name, files, owner: "1000:1000" },
    address: "http://127.0.0.1:9000",
    accessKey: "access-key",
    secretKey: key,
    buckets,
    timeout: 60,
  };
  const { execa } = await loadExeca();
  return execa("node", ["--require", "tsx/cjs", "operations/steps/createBuckets.ts"], {
    cwd: repository,
    input: JSON.stringify(input),
    reject: false,
  });
}

const buckets = async () =>
  (await docker("exec", name, "ls", "/data")).split("\n").filter((bucket) => bucket !== "");

test("buckets are made, those that are there stay with what is in them, and the volume is the server's", async () => {
  expect(await createBuckets(["uploads"])).toMatchObject({ failed: false });
  await docker("exec", name, "mc", "cp", "--quiet", "/etc/hostname", "slipway/uploads/kept");
  expect(await createBuckets(["uploads", "exports"])).toMatchObject({ failed: false });
  expect(await buckets()).toEqual(["exports", "uploads"]);
  expect(await docker("exec", name, "mc", "cat", "slipway/uploads/kept")).toBe(
    await docker("exec", name, "cat", "/etc/hostname"),
  );
});

test("a failure says what the server said, and not the keys", async () => {
  const { exitCode, stderr } = await createBuckets(["more"], "another-key");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^The buckets of the object store could not be made: .*\n {4}\| .*slipway\/more/);
  expect(stderr).not.toContain("another-key");
  expect(await buckets()).not.toContain("more");
});
