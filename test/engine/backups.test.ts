import { randomUUID } from "node:crypto";
import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { keyFingerprint } from "../../lib/backup/repositoryKey";
import type { Client } from "./harness/client";
import { docker, volumesOf } from "./harness/engine";
import { buildReleases, schemaReleases } from "./harness/images";
import { Load } from "./harness/load";
import { TestStack } from "./harness/stack";
import { printTable } from "./harness/table";
import { BackupsOfStack } from "./support/backupsOfStack";
import { eventually } from "./support/eventually";
import { Store } from "./support/store";
import { inStore, noteIds, operate, setStoreKey } from "./support/storedBackups";

const minute = 60_000;
const first = "1.0.0";
const { addsColumn, renamesColumn } = schemaReleases;

let store: Store;
let stack: TestStack;
let backups: BackupsOfStack;
let client: Client;

beforeAll(async () => {
  await buildReleases([first, addsColumn, renamesColumn]);
  store = await Store.start("clubhouse/backups");
  const ports = { http: 18490, https: 18850 };
  stack = await TestStack.create("backups", { ports, settings: inStore(store), release: first });
  await setStoreKey(stack, store);
  backups = new BackupsOfStack(stack);
});

afterAll(async () => {
  await stack?.destroyAll();
  await store?.remove();
});

test("comes up, warns until the key is exported, makes its first backup by itself and drills it", async () => {
  const output = await stack.up();
  expect(output).toMatch(/warning: The key of the backups is in the state of this stack alone/);
  await stack.up("--expect-no-changes");
  client = await stack.client();

  // The last due time has passed without one.
  await eventually(2 * minute, async () =>
    expect((await backups.status()).last.scheduled?.error).toBeUndefined(),
  );
  const [run] = await eventually(2 * minute, async () => {
    const runs = await backups.list("s3");
    expect(runs).toHaveLength(1);
    return runs;
  });
  await eventually(2 * minute, async () =>
    expect(await backups.metrics()).toMatchObject({
      slipway_backup_last_success_timestamp_seconds: expect.closeTo(Date.now() / 1000, -3),
      'slipway_backup_last_run_success{reason="scheduled"}': 1,
      'slipway_backup_repository_backups{repository="local"}': 1,
      'slipway_backup_repository_backups{repository="s3"}': 1,
      slipway_drill_last_run_success: 1,
    }),
  );
  expect(await backups.list()).toEqual([run]);
});

test("the key goes into a file for its owner alone, and the warning ends", async () => {
  const file = join(stack.folder, "recovery-kit.yaml");
  await operate(stack, "key", "--to", file);
  const kit = parse(await readFile(file, "utf8"));
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const key = await docker("exec", backups.service, "cat", "/run/secrets/backup/repository-key");
  expect(kit).toMatchObject({
    fingerprint: keyFingerprint(key),
    repositories: { local: "/repository", s3: store.location },
    secrets: { backupRepositoryKey: key, totpEncryptionKey: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) },
  });
  expect(await stack.up()).not.toContain("The key of the backups");
  await rm(file);
});

test("a backup under load has every write that was acknowledged before its dump", async () => {
  const load = new Load(client);
  const acknowledgedBefore = async () => new Set(await noteIds(stack));
  await eventually(minute, async () => expect((await acknowledgedBefore()).size).toBeGreaterThan(50));
  const before = await acknowledgedBefore();
  await operate(stack, "backup");
  const { acknowledged, failures, requests } = await load.stop();
  expect(failures).toEqual([]);

  const output = await operate(stack, "restore", "--from", "latest", "--to-new-database", "--yes");
  const [database = ""] = /clubhouse_restore_\w+/.exec(output) ?? [];
  const restored = await noteIds(stack, database);
  expect([...before].filter((id) => !restored.has(id))).toEqual([]);
  const later = acknowledged.filter((id) => !restored.has(id));
  printTable("Writes that were acknowledged, and a dump under load", [
    [
      "requests",
      "acknowledged rows",
      "in the dump",
      "acknowledged before it and missing",
      "acknowledged after it",
    ],
    [requests, acknowledged.length, restored.size, 0, later.length],
  ]);
  await stack.queryIn("postgres", `DROP DATABASE ${database}`);
});

test("a restore brings the rows back, keeps the old database, and stops what writes for seconds", async () => {
  const lost = await note();
  await operate(stack, "backup");
  const kept = await noteIds(stack);
  await stack.query("DELETE FROM notes");
  const written = await note();

  const plan = await operate(stack, "restore", "--from", "latest", "--dry-run");
  expect(plan).toContain("Nothing was done: --dry-run.");
  expect(await noteIds(stack)).toEqual(new Set([written]));

  const output = await operate(stack, "restore", "--from", "latest", "--yes");
  const [old = ""] = /clubhouse_before_\w+/.exec(output) ?? [];
  expect(await noteIds(stack)).toEqual(kept);
  expect(kept).toContain(lost);
  expect(await noteIds(stack, old)).toEqual(new Set([written]));
  expect((await client.get("/api/notes?limit=5")).status).toBe(200);
  await note();
  printTable("A restore", [["paused, s"], [/was stopped for ([0-9.]+) s/.exec(output)?.[1] ?? "?"]]);
  await stack.up("--expect-no-changes");
});

test("a volume comes back too", async () => {
  const proxy = (await stack.container("proxy")).Id;
  const list = () =>
    docker("exec", proxy, "find", "/data/caddy/pki", "-type", "f", "-exec", "sha256sum", "{}", "+");
  const before = (await list()).split("\n").sort();
  await docker("exec", proxy, "rm", "-r", "/data/caddy/pki");
  await operate(stack, "restore", "--from", "latest", "--volume", "proxy-data", "--yes");
  expect((await list()).split("\n").sort()).toEqual(before);
  expect((await client.get("/")).status).toBe(200);
});

test("the drill finds a backup good, also from the store", async () => {
  const { rows, checks, recoveryPoint } = await backups.proven({ repository: "s3" });
  expect(rows).toBeGreaterThan(50);
  expect(checks.join()).toMatch(/pg_amcheck: \d+ relations/);
  expect(Date.parse(recoveryPoint ?? "")).toBeGreaterThan(Date.now() - 10 * minute);
});

test("a compatible migration is rolled back over without touching the data, when it is marked", async () => {
  await stack.release(addsColumn);
  expect((await stack.outputs()).restorePoint).toMatchObject({ before: addsColumn });
  const refused = await stack.operation("rollback", "--stack", stack.name, "--yes");
  expect(refused.exitCode).toBe(1);
  expect(refused.output).toContain(addsColumn);
  expect(refused.output).toContain("--restore-database");
  expect(refused.output).toContain("--keep-database");

  await stack.set({ migrations: { backwardCompatible: [addsColumn] } });
  const written = await note();
  await operate(stack, "rollback", "--yes");
  expect((await client.get("/api/notes?limit=5")).release).toBe(first);
  expect(await noteIds(stack)).toContain(written);
});

test("an incompatible one is rolled back over with the data of its restore point", async () => {
  const before = await note();
  await stack.release(renamesColumn);
  const after = await note();
  const refused = await stack.operation("rollback", "--stack", stack.name, "--yes");
  expect(refused.output).toContain(renamesColumn);
  expect(refused.exitCode).toBe(1);
  expect((await client.get("/api/notes?limit=5")).release).toBe(renamesColumn);

  const started = performance.now();
  const output = await operate(stack, "rollback", "--restore-database", "--yes");
  const seconds = (performance.now() - started) / 1000;
  expect((await client.get("/api/notes?limit=5")).status).toBe(200);
  expect((await client.get("/api/notes?limit=5")).release).toBe(first);
  const notes = await noteIds(stack);
  expect(notes).toContain(before);
  expect(notes).not.toContain(after);
  const [old = ""] = /clubhouse_before_\w+/.exec(output) ?? [];
  expect(await noteIds(stack, old)).toContain(after);
  printTable("A rollback with the data of the restore point", [["in all, s"], [seconds.toFixed(1)]]);
  await stack.up("--expect-no-changes");
});

test("without backups, the repository stays on the engine", async () => {
  await stack.set({ backups: { enabled: false } });
  await stack.up();
  expect(await stack.containers("backup")).toEqual([]);
  expect(await volumesOf(stack.name)).toContain("clubhouse-backups-backup-repository");
});

async function note(): Promise<string> {
  const id = randomUUID();
  expect((await client.post("/api/notes", { id, text: "a note" })).status).toBe(201);
  return id;
}
