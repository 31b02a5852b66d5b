import { randomUUID } from "node:crypto";
import { copyFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Client } from "./harness/client";
import { docker } from "./harness/engine";
import { buildReleases } from "./harness/images";
import { Load } from "./harness/load";
import { TestStack } from "./harness/stack";
import { printTable } from "./harness/table";
import { BackupsOfStack } from "./support/backupsOfStack";
import { eventually } from "./support/eventually";
import { Store } from "./support/store";
import { inStore, noteIds, operate, setStoreKey } from "./support/storedBackups";

const minute = 60_000;
/** Seconds: what may be lost at most with the machine. */
const recoveryPointObjective = 60;
const savedKit = join(tmpdir(), "slipway-engine-pitr-kit.yaml");

let store: Store;
let stack: TestStack;
let backups: BackupsOfStack;

beforeAll(async () => {
  await buildReleases(["1.0.0"]);
  store = await Store.start("clubhouse/pitr");
  stack = await create();
  await setStoreKey(stack, store);
  backups = new BackupsOfStack(stack);
  await stack.up();
});

afterAll(async () => {
  await stack?.destroyAll();
  await store?.remove();
  await rm(savedKit, { force: true });
});

function create(): Promise<TestStack> {
  const settings = inStore(store, { pitr: true, local: false });
  return TestStack.create("pitr", { ports: { http: 18492, https: 18852 }, settings });
}

test("a base backup is made by itself, and the log is shipped from then on", async () => {
  const { baseBackup } = await eventually(3 * minute, async () => {
    const { wal } = await backups.status();
    expect(wal?.error).toBeUndefined();
    expect(wal).toMatchObject({ baseBackup: expect.any(String), shippedUntil: expect.any(String) });
    return wal ?? {};
  });
  expect(Date.parse(baseBackup ?? "")).toBeGreaterThan(Date.now() - 10 * minute);
  await stack.up("--expect-no-changes");
});

test("a moment between two writes comes back with exactly the rows of then", async () => {
  const client = await stack.client();
  const [before, after] = [randomUUID(), randomUUID()];
  expect((await client.post("/api/notes", { id: before, text: "before" })).status).toBe(201);
  await sleep(2_000);
  const [moment = ""] = await stack.query(
    `SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  );
  await sleep(2_000);
  expect((await client.post("/api/notes", { id: after, text: "after" })).status).toBe(201);
  await shippedPast(Date.now());

  const output = await operate(stack, "restore", "--to-time", moment, "--yes");
  const notes = await noteIds(stack);
  expect(notes).toContain(before);
  expect(notes).not.toContain(after);
  const [old = ""] = /clubhouse_before_\w+/.exec(output) ?? [];
  expect(await noteIds(stack, old)).toContain(after);
  expect((await client.get("/api/notes?limit=5")).status).toBe(200);
});

test("a moment that the backups don't reach is refused with the range that they do", async () => {
  const { exitCode, output } = await stack.operation(
    "restore",
    ...["--stack", stack.name, "--to-time", "2020-01-01T00:00:00Z", "--yes"],
  );
  expect(exitCode).toBe(1);
  expect(output).toMatch(/20\d\d-\d\d-\d\dT/);
  expect(output).not.toContain("    at ");
});

test("when the machine is lost under load, less than a minute of acknowledged writes is", async () => {
  const client = await stack.client();
  const kit = join(stack.folder, "kit.yaml");
  await operate(stack, "key", "--to", kit);
  await copyFile(kit, savedKit);
  const load = new Load(client, { rate: 100 });
  const writer = new Writer(client);
  await shippedPast(Date.now() + 20_000);
  await sleep(20_000);

  // All at once, as a disk fails: what the backup service has not shipped is gone with the server.
  const containers = await Promise.all(["postgres", "backup", "drill"].map((name) => stack.container(name)));
  await docker("kill", ...containers.map(({ Id }) => Id));
  const lost = Date.now();
  const acknowledged = writer.stop();
  await load.stop();
  await stack.destroyAll();

  stack = await create();
  await operate(stack, "key", "--from", savedKit);
  await setStoreKey(stack, store);
  await stack.up();
  const restore = (time: string) =>
    stack.operation("restore", "--stack", stack.name, "--to-time", time, "--yes");
  const refused = await restore(new Date(lost).toISOString());
  expect(refused.exitCode, refused.output).toBe(1);
  const [, last = ""] = /possible is \S+ to (\S+?Z)/.exec(refused.output) ?? [];
  const { exitCode, output } = await restore(last);
  expect(exitCode, output).toBe(0);

  const restored = await noteIds(stack);
  const missing = acknowledged.filter(({ id }) => !restored.has(id));
  // What is there has no gap: only the end is missing.
  const newest = Math.max(...acknowledged.filter(({ id }) => restored.has(id)).map(({ at }) => at));
  expect(missing.filter(({ at }) => at < newest - 1_000)).toEqual([]);
  const recoveryPoint = (lost - newest) / 1000;
  printTable("A machine lost under load, recovered from the store", [
    ["acknowledged", "of them lost", "recovery point, s before the loss"],
    [acknowledged.length, missing.length, recoveryPoint.toFixed(1)],
  ]);
  expect(recoveryPoint).toBeLessThan(recoveryPointObjective);
});

interface Acknowledged {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Writes ten notes a second, one after the other, and keeps when each was acknowledged. */
class Writer {
  private readonly acknowledged: Acknowledged[] = [];
  private stopped = false;

  constructor(client: Client) {
    void this.write(client);
  }

  stop(): readonly Acknowledged[] {
    this.stopped = true;
    return this.acknowledged;
  }

  private async write(client: Client): Promise<void> {
    while (!this.stopped) {
      const id = randomUUID();
      const { status } = await client
        .post("/api/notes", { id, text: "under load" })
        .catch(() => ({ status: 0 }));
      if (status === 201) this.acknowledged.push({ id, at: Date.now() });
      await sleep(100);
    }
  }
}

/** Until everything that was written until then is in the store. */
async function shippedPast(moment: number): Promise<void> {
  await eventually(3 * minute, async () => {
    const { wal } = await backups.status();
    expect(Date.parse(wal?.shippedUntil ?? "0")).toBeGreaterThanOrEqual(moment);
  });
}
