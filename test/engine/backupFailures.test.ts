import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Outcome } from "./harness/command";
import { docker } from "./harness/engine";
import { buildReleases } from "./harness/images";
import { TestStack } from "./harness/stack";
import { BackupsOfStack } from "./support/backupsOfStack";
import { eventually } from "./support/eventually";
import { RepositoryDisk } from "./support/repositoryDisk";
import { setSecrets } from "./support/secrets";
import { Store } from "./support/store";
import { inStore, setStoreKey } from "./support/storedBackups";

const name = "backupfailures";
const patience = 120_000;
const key = randomBytes(24).toString("hex");

let store: Store;
let stack: TestStack;
let backups: BackupsOfStack;
let disk: RepositoryDisk;
/** What was there before each failure. */
let before: readonly string[];

beforeAll(async () => {
  await buildReleases(["1.0.0"]);
  store = await Store.start(`clubhouse/${name}`);
  stack = await TestStack.create(name, {
    ports: { http: 18480, https: 18843 },
    settings: inStore(store),
  });
  backups = new BackupsOfStack(stack);
  disk = await RepositoryDisk.create(stack, 192);
  await setStoreKey(stack, store);
  await setSecrets(stack, { backupRepositoryKey: key });
  const now = new Date();
  await stack.up();
  await backups.scheduledAfter(now);
});

afterAll(async () => {
  await stack?.destroyAll();
  await store?.remove();
});

/** What the metric has to say of the last run that somebody asked for. */
const manual = 'slipway_backup_last_run_success{reason="manual"}';
const up = (repository: string) => `slipway_backup_repository_up{repository="${repository}"}`;

/** Fails unless the run was one that failed, told so in all ways, and left all backups as they were. */
async function expectFailed({ exitCode, output }: Outcome, why: RegExp): Promise<void> {
  expect(exitCode, output).toBe(1);
  expect(output).toMatch(why);
  expect(await backups.metrics()).toMatchObject({ [manual]: 0 });
  expect(await backups.list()).toEqual(before);
}

/** Fails unless the next run succeeds, its backup can be restored, and none is gone that isn't too old by it. */
async function expectHealed(): Promise<void> {
  const { exitCode, output } = await backups.make();
  expect(exitCode, output).toBe(0);
  const [newest = "", ...others] = await backups.list();
  expect(before).not.toContain(newest);
  expect(before).toEqual(expect.arrayContaining(others));
  expect(others).toContain(before.at(-1));
  expect(await backups.metrics()).toMatchObject({ [manual]: 1, [up("local")]: 1, [up("s3")]: 1 });
  expect(await backups.list("s3")).toEqual(expect.arrayContaining([newest, ...others]));
  expect(await backups.proven()).toMatchObject({ run: newest });
}

/** Replaces a table of so many bytes that can't be made smaller. */
async function fillTable(bytes: number): Promise<void> {
  await stack.query(
    `DROP TABLE IF EXISTS noise; CREATE TABLE noise AS
     SELECT sha256(random()::text::bytea) || sha256(i::text::bytea) AS bytes FROM generate_series(1, ${bytes / 64}) AS i`,
  );
}

describe("a run that is broken off in the middle of a dump", () => {
  // A database whose dump takes a while, although it is small on the disk. It comes after the system's.
  beforeAll(async () => {
    await stack.query("CREATE DATABASE late");
    await stack.queryIn(
      "late",
      "CREATE TABLE ballast AS SELECT i, repeat(md5(i::text), 30000) AS text FROM generate_series(1, 120) AS i",
    );
  });

  beforeEach(async () => {
    before = await backups.list();
  });

  afterAll(async () => {
    await stack.query("DROP DATABASE late");
  });

  /** Begins a backup, and does something when the server is at the rows of the large table. */
  async function whileDumping(doIt: () => Promise<void>): Promise<Outcome> {
    const running = backups.start();
    await stack.query(`DO $$ BEGIN
      WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'COPY public.ballast %') LOOP
        PERFORM pg_sleep(0.01), pg_stat_clear_snapshot();
      END LOOP;
    END $$`);
    await doIt();
    return running.outcome;
  }

  /** Runs that have a dump. */
  async function begunRuns(): Promise<string[]> {
    const [json = ""] = await backups.restic("snapshots", "--json", "--tag", "kind=database");
    const snapshots = JSON.parse(json) as { tags: string[] }[];
    const runs = snapshots.flatMap(({ tags }) => tags.filter((tag) => tag.startsWith("run=")));
    return [...new Set(runs.map((tag) => tag.slice("run=".length)))].sort().reverse();
  }

  test("by a restart of Postgres", async () => {
    const outcome = await whileDumping(async () => {
      await docker("restart", `clubhouse-${name}-postgres`);
    });
    await expectFailed(outcome, /pg_dump/);
    await expectHealed();
  });

  test("by the end of restic, which leaves its lock", async () => {
    await expectFailed(await whileDumping(() => backups.killRestic()), /SIGKILL/);
    expect(await backups.restic("list", "locks")).not.toEqual([]);
    await expectHealed();
    expect(await backups.restic("list", "locks")).toEqual([]);
  });

  test("by the end of its container: what it has left is no backup, and is cleared away", async () => {
    const outcome = await whileDumping(() => backups.kill());
    await expectFailed(outcome, /broken off, exit code 137/);
    const [unfinished = "", ...complete] = await begunRuns();
    expect(complete).toEqual(before);
    const drill = await backups.drill(unfinished);
    expect(drill.exitCode, drill.output).toBe(1);
    expect(drill.output).toContain(`no complete backup "${unfinished}"`);
    await expectHealed();
    expect(await begunRuns()).toEqual(await backups.list());
  });
});

describe("a run fails, and the next one succeeds", () => {
  beforeEach(async () => {
    before = await backups.list();
  });

  test("when its role may not read everything: what it doesn't see isn't empty", async () => {
    await stack.query("REVOKE pg_read_all_data FROM clubhouse_backup");
    await expectFailed(await backups.make(), /permission denied for (table|schema)/);
    await stack.query("GRANT pg_read_all_data TO clubhouse_backup");

    await fillTable(64);
    await stack.query("ALTER TABLE noise ENABLE ROW LEVEL SECURITY; ALTER ROLE clubhouse_backup NOBYPASSRLS");
    await expectFailed(await backups.make(), /row-level security/);
    await stack.query("ALTER ROLE clubhouse_backup BYPASSRLS");
    await expectHealed();
  });

  test("when the repository's disk is full", async () => {
    await fillTable(4e6);
    await disk.fill(1e6);
    await expectFailed(await backups.make(), /no space left on device/);
    expect(await backups.metrics()).toMatchObject({ [up("local")]: 0 });
    await disk.empty();
    await expectHealed();
  });
});

test("a store that can't be reached lacks nothing once it is back, and the local backup counts meanwhile", async () => {
  before = await backups.list("s3");
  await store.stop();
  const { exitCode, output } = await backups.make();
  expect(exitCode, output).toBe(1);
  expect(output).toContain("The repository s3");
  expect(await backups.metrics()).toMatchObject({ [up("local")]: 1, [up("s3")]: 0 });
  const [missing = ""] = await backups.list();
  expect(before).not.toContain(missing);
  await backups.proven({ run: missing });

  await store.start();
  // It tries again by itself, every ten minutes and when it starts.
  await docker("restart", backups.service);
  await eventually(patience, async () => {
    expect(await backups.list("s3")).toEqual([missing, ...before]);
    expect(await backups.metrics()).toMatchObject({ [manual]: 1, [up("local")]: 1, [up("s3")]: 1 });
  });
  await backups.proven({ run: missing, repository: "s3" });
  before = await backups.list();
  await expectHealed();
});

test("what a damaged repository has lost is stored again, and what it had is whole again or gone as too old", async () => {
  await fillTable(12e6);
  expect(await backups.make()).toMatchObject({ exitCode: 0 });
  // What its dump has in common with the one before is in that one's packs.
  const damaged = await backups.restorePoint();
  before = await backups.list();
  await disk.truncateLargestPack();
  const drill = await backups.drill(damaged);
  expect(drill.exitCode, drill.output).toBe(1);
  expect(await backups.metrics()).toMatchObject({ slipway_drill_last_run_success: 0 });
  expect(await backups.list()).toEqual(before);

  const { exitCode, output } = await backups.make();
  expect(exitCode, output).toBe(0);
  expect(output).toContain("The repository local is damaged");
  await backups.proven({ run: damaged });
  await backups.restic("check", "--read-data");
  await backups.nightPasses();
  expect(await backups.metrics()).toMatchObject({
    'slipway_backup_last_run_success{reason="scheduled"}': 1,
    'slipway_backup_repository_check_success{repository="local"}': 1,
    slipway_drill_last_run_success: 1,
  });
});

test("with a wrong key a backup fails, and nothing is written", async () => {
  const files = await disk.files();
  const message = "the key does not fit; bring back the key that it was made with";
  await setSecrets(stack, { backupRepositoryKey: randomBytes(24).toString("hex") });
  await stack.up();
  const { exitCode, output } = await backups.make();
  expect(exitCode, output).toBe(1);
  expect(output).toContain(message);
  expect(await backups.metrics()).toMatchObject({ [manual]: 0, [up("local")]: 0 });
  // Not that there were none.
  await expect(backups.list()).rejects.toThrow(message);
  expect(await disk.files()).toEqual(files);
});

test("with the right key again and the store alone, backups fail while it can't be reached, and go on then", async () => {
  await setSecrets(stack, { backupRepositoryKey: key });
  await stack.set(inStore(store, { local: false }));
  await stack.up();
  before = await backups.list();
  await store.stop();
  const { exitCode, output } = await backups.make();
  expect(exitCode, output).toBe(1);
  expect(output).toContain("The repository s3");
  expect(await backups.metrics()).toMatchObject({ [manual]: 0, [up("s3")]: 0 });
  await store.start();
  expect(await backups.list()).toEqual(before);
  expect(await backups.make()).toMatchObject({ exitCode: 0 });
  expect(await backups.list()).toEqual([expect.any(String), ...before]);
  expect(await backups.metrics()).toMatchObject({ [manual]: 1, [up("s3")]: 1 });
  await backups.proven();
});
