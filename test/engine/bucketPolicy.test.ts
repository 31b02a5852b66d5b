import { afterAll, beforeAll, expect, test } from "vitest";
import type { StoreCredentials } from "../../images/backup/contract";
import { backupImages } from "../../lib/backup/images";
import { loadExeca } from "../../lib/execa";
import { resolveImage } from "../../lib/image";
import { docker } from "./harness/engine";
import { imageMirror } from "./harness/images";
import { Store } from "./support/store";

const container = "slipway-store-restic";

let store: Store;

/** Runs restic in a container, on the repository in the store unless another is named. */
async function restic(as: StoreCredentials, ...args: readonly string[]) {
  const environment = {
    AWS_ACCESS_KEY_ID: as.accessKeyId,
    AWS_SECRET_ACCESS_KEY: as.secretAccessKey,
    AWS_DEFAULT_REGION: store.region,
    RESTIC_REPOSITORY: store.location,
    RESTIC_PASSWORD: "only-for-tests",
    RESTIC_FROM_PASSWORD: "only-for-tests",
  };
  const { execa } = await loadExeca();
  const variables = Object.entries(environment).flatMap(([key, value]) => ["--env", `${key}=${value}`]);
  const command = ["exec", ...variables, container, "restic", ...args];
  const { exitCode, stdout, stderr } = await execa("docker", command, { reject: false, stdin: "ignore" });
  return { exitCode, stdout, output: `${stdout}\n${stderr}` };
}

/** As {@link restic}, with the credentials of a server, and it must succeed. */
async function resticAsServer(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, output } = await restic(store.user, ...args);
  expect(exitCode, output).toBe(0);
  return stdout;
}

async function snapshots(): Promise<string[]> {
  const list: { id: string }[] = JSON.parse(await resticAsServer("snapshots", "--json"));
  return list.map(({ id }) => id);
}

const keys = (folder: string) => store.keys(`${store.prefix}/${folder}/`);

async function firstPack(): Promise<string> {
  const [pack] = await keys("data");
  if (pack === undefined) throw new Error("the repository has no packs");
  return pack;
}

beforeAll(async () => {
  await docker("container", "rm", "--force", "--volumes", container).catch(() => undefined);
  store = await Store.start("clubhouse/policy");
  const image = resolveImage(backupImages.restic.default ?? "", { mirror: await imageMirror() });
  await docker("run", "--detach", "--name", container, "--entrypoint", "sleep", image, "3600");
});

afterAll(async () => {
  await docker("container", "rm", "--force", "--volumes", container).catch(() => undefined);
  await store?.remove();
});

test("with the server's credentials a repository is made, copied to, backed up to, checked and read", async () => {
  await resticAsServer("init", "--repo", "/tmp/local");
  await resticAsServer("backup", "--repo", "/tmp/local", "/etc/group");
  await resticAsServer("init", "--from-repo", "/tmp/local", "--copy-chunker-params");
  await resticAsServer("copy", "--from-repo", "/tmp/local");
  await resticAsServer("backup", "/etc/passwd");
  await resticAsServer("check", "--read-data");
  expect(await resticAsServer("dump", "latest", "/etc/passwd")).toContain("root:");
  expect(await snapshots()).toHaveLength(2);
});

test("locks are removed again, stale ones too", async () => {
  expect(await keys("locks")).toEqual([]);
  await resticAsServer("unlock", "--remove-all");
});

test("a backup can't be forgotten, although restic ends with exit code 0", async () => {
  const [oldest = ""] = await snapshots();
  const { exitCode, output } = await restic(store.user, "forget", oldest);
  expect(output).toContain("Access Denied");
  expect(exitCode).toBe(0);
  expect(await snapshots()).toContain(oldest);
});

test("nor can its data be pruned when somebody else has forgotten it, and what is left is in order", async () => {
  const [oldest = ""] = await snapshots();
  const packs = await keys("data");
  expect((await restic(store.root, "forget", oldest)).exitCode).toBe(0);
  const { exitCode, output } = await restic(store.user, "prune");
  expect(exitCode).toBe(1);
  expect(output).toContain("Access Denied");
  expect(await keys("data")).toEqual(expect.arrayContaining(packs));
  await resticAsServer("check", "--read-data");
  expect((await restic(store.root, "prune")).exitCode).toBe(0);
  await resticAsServer("check", "--read-data");
});

test("nor deleted by hand", async () => {
  const pack = await firstPack();
  expect((await store.request("DELETE", pack, { as: store.user })).status).toBe(403);
  expect(await keys("data")).toContain(pack);
});

test("what is overwritten stays as an older version, which the server can't remove", async () => {
  const pack = await firstPack();
  const [original = ""] = await store.versions(pack);
  expect((await store.request("PUT", pack, { as: store.user, body: "overwritten" })).status).toBe(200);
  expect((await restic(store.user, "check", "--read-data")).exitCode).toBe(1);
  const versions = await store.versions(pack);
  expect(versions).toHaveLength(2);
  expect(versions).toContain(original);
  for (const version of versions) {
    const path = `${pack}?versionId=${version}`;
    expect((await store.request("DELETE", path, { as: store.user })).status).toBe(403);
  }
  // What the owner of the bucket does: removes the newer version, and the older one is the object again.
  const added = versions.find((version) => version !== original);
  expect((await store.request("DELETE", `${pack}?versionId=${added}`)).status).toBe(204);
  await resticAsServer("check", "--read-data");
});

test.each([
  ["?policy", "{}"],
  ["?versioning", "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"],
  ["elsewhere/object", "text"],
])("the server can't change %s", async (path, body) => {
  expect((await store.request("PUT", path, { as: store.user, body })).status).toBe(403);
});

test("a store that was away has everything when it is back", async () => {
  const before = await snapshots();
  await store.stop();
  await expect(store.keys()).rejects.toThrow();
  await store.start();
  expect(await snapshots()).toEqual(before);
});
