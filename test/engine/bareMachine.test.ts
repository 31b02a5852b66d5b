import { randomUUID } from "node:crypto";
import { copyFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { containersOf, docker, volumesOf } from "./harness/engine";
import { buildReleases } from "./harness/images";
import { TestStack } from "./harness/stack";
import { printTable } from "./harness/table";
import { Store } from "./support/store";
import { inStore, noteIds, operate, setStoreKey } from "./support/storedBackups";

const kit = join(tmpdir(), "slipway-engine-recovery-kit.yaml");
const root = "/data/caddy/pki/authorities/local/root.crt";

let store: Store;
let stack: TestStack;

beforeAll(async () => {
  await buildReleases(["1.0.0"]);
  store = await Store.start("clubhouse/bare");
});

afterAll(async () => {
  await stack?.destroyAll();
  await store?.remove();
  await rm(kit, { force: true });
});

/** A stack of the same configuration, whose state knows nothing. */
function create(): Promise<TestStack> {
  return TestStack.create("bare", { ports: { http: 18491, https: 18851 }, settings: inStore(store) });
}

test("from the repository, its key and the stack's configuration the system is back with its data", async () => {
  stack = await create();
  await setStoreKey(stack, store);
  await stack.up();
  const id = randomUUID();
  const client = await stack.client();
  expect((await client.post("/api/notes", { id, text: "of the lost machine" })).status).toBe(201);
  const totpKey = await secretOf("totpEncryptionKey");
  const authority = await docker("exec", (await stack.container("proxy")).Id, "cat", root);
  await operate(stack, "backup");
  const exported = join(stack.folder, "kit.yaml");
  await operate(stack, "key", "--to", exported);
  await copyFile(exported, kit);

  await stack.destroyAll();
  expect(await containersOf(stack.name)).toEqual([]);
  expect(await volumesOf(stack.name)).toEqual([]);

  // What docs/backups.md has under "A bare machine".
  const started = performance.now();
  stack = await create();
  await operate(stack, "key", "--from", kit);
  await setStoreKey(stack, store);
  await stack.up();
  expect(await noteIds(stack)).toEqual(new Set());
  await operate(stack, "restore", "--repository", "s3", "--from", "latest", "--yes");
  await operate(
    stack,
    "restore",
    "--repository",
    "s3",
    "--from",
    "latest",
    "--volume",
    "proxy-data",
    "--yes",
  );
  const seconds = (performance.now() - started) / 1000;

  expect(await noteIds(stack)).toContain(id);
  expect(await secretOf("totpEncryptionKey")).toBe(totpKey);
  expect(await docker("exec", (await stack.container("proxy")).Id, "cat", root)).toBe(authority);
  expect((await (await stack.client()).get("/api/notes?limit=5")).status).toBe(200);
  await stack.up("--expect-no-changes");
  printTable("A bare machine", [["back with its data, s"], [seconds.toFixed(1)]]);
  // The new stack goes on where the old one ended.
  await operate(stack, "backup");
});

async function secretOf(name: string): Promise<string | undefined> {
  const { recoveryKit } = (await stack.outputs()) as { recoveryKit?: { secrets: Record<string, string> } };
  return recoveryKit?.secrets[name];
}
