import "./mockedTools";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BackupEntry } from "../../../images/backup/contract";
import type { HistoryEntry } from "../../../lib/history";
import { resetWorld, runOperation, stackFile, world } from "./fakeStack";

/** Digest of the schema at each restore point, and now. */
let digests: Record<string, string>;
let points: BackupEntry[];

const image = (release: string) => `{"backend":"clubhouse/backend:${release}"}`;
const update = (hour: number, release: string, result = "succeeded"): HistoryEntry => ({
  kind: "update",
  result,
  startTime: `2026-11-21T0${hour}:00:00Z`,
  endTime: `2026-11-21T0${hour}:05:00Z`,
  config: { "slipway:images": { value: image(release), secret: false } },
});
const point = (hour: number, before: string): BackupEntry => ({
  run: `20261121T0${hour}0100Z`,
  time: `2026-11-21T0${hour}:01:00Z`,
  reason: "restore-point",
  before,
});

const file = `  slipway:images: ${image("1.2.0")}\n  slipway:backups:\n    keyExported: "0123456789ab"\n`;
const restored = 'restore-database {"database":"clubhouse","run":"20261121T030100Z"}';
const swap = (name: string) => `swap-database {"database":"clubhouse","restored":"${name}"}`;

beforeEach(async () => {
  await resetWorld(file);
  world.history = [update(3, "1.2.0"), update(2, "1.1.0"), update(1, "1.0.0")];
  points = [point(3, "1.2.0"), point(2, "1.1.0")];
  digests = { "20261121T030100Z": "b", "20261121T020100Z": "a", now: "c" };
  Object.assign(world.answers, {
    list: () => points,
    manifest: ({ run }: { run: string }) => ({
      run,
      databases: { clubhouse: { bytes: 1000, schemaDigest: digests[run] } },
    }),
    "schema-digest": () => ({ digest: digests.now }),
    "restore-database": () => ({ database: "clubhouse_restore_1", seconds: 1, rows: 42 }),
    "swap-database": ({ restored }: { restored: string }) => ({
      kept: restored.replace("restore", "before"),
    }),
  });
});

const rollback = (...options: readonly string[]) =>
  runOperation("rollback", "--stack", "production", "--yes", ...options);

describe("leaves the database as it is", () => {
  it.each<[string, string, () => unknown]>([
    [
      "when its schema is the same",
      "its schema is what it was at 2026-11-21T03:01:00Z",
      () => (digests.now = "b"),
    ],
    [
      "when the migration is marked in the file",
      "each migration since is marked as backward-compatible",
      () => resetFile("  slipway:migrations:\n    backwardCompatible: [1.2.0]\n"),
    ],
    [
      "when the migration was marked in an update",
      "each migration since is marked as backward-compatible",
      () =>
        (world.history = world.history.map((entry) => ({
          ...(entry as HistoryEntry),
          config: {
            ...(entry as HistoryEntry).config,
            "slipway:migrations": { value: '{"backwardCompatible":["1.2.0"]}', secret: false },
          },
        }))),
    ],
    [
      "when nothing is backed up",
      "there are no backups, so nothing is known of its schema",
      () => (world.containers = world.containers.filter(({ service }) => service !== "backup")),
    ],
    [
      "when somebody else runs its server",
      "it is on a server that somebody else runs",
      () => (world.containers = world.containers.filter(({ service }) => service !== "postgres")),
    ],
    [
      "when the update failed before its migration",
      "no migration was run since",
      () => {
        world.history = [update(3, "1.2.0", "failed"), update(2, "1.1.0")];
        points = [];
      },
    ],
  ])("%s", async (_, why, change) => {
    await change();
    const { said, code } = await rollback();
    expect(said).toContain(`Data and secrets stay as they are now; the database: ${why}`);
    expect(code).toBeUndefined();
    expect(world.done).toEqual(["pulumi up"]);
    expect(await stackFile()).toContain("clubhouse/backend:1.1.0");
  });

  it("when asked to, whatever the schema is", async () => {
    const { said } = await rollback("--to", "1", "--keep-database");
    expect(said).toContain("the database: as asked.");
    expect(world.done).toEqual(["pulumi up"]);
  });
});

describe("refuses, and changes nothing,", () => {
  afterEach(async () => {
    expect(world.done).toEqual([]);
    expect(await stackFile()).toContain("clubhouse/backend:1.2.0");
  });

  it("when a migration changed the schema: says which, when, and the commands that would do it", async () => {
    const { said, code } = await rollback("--to", "1");
    expect(said).toContain(
      "error: the schema has changed since update 1, and the earlier release may not work",
    );
    expect(said).toContain("the migration of release 1.1.0 changed it, after 2026-11-21T02:01:00Z");
    expect(said).toContain("the migration of release 1.2.0 changed it, after 2026-11-21T03:01:00Z");
    expect(said).toContain("npm run rollback -- --stack production --to 1 --restore-database\n");
    expect(said).toContain("everything written since 2026-11-21T02:01:00Z (");
    expect(said).toContain("npm run rollback -- --stack production --to 1 --keep-database\n");
    expect(said).toContain("slipway:migrations.backwardCompatible: [1.1.0, 1.2.0]");
    expect(code).toBe(1);
  });

  it("when only one of two migrations is marked", async () => {
    await resetFile("  slipway:migrations:\n    backwardCompatible: [1.1.0]\n");
    const { said } = await rollback("--to", "1");
    expect(said).toContain("backwardCompatible: [1.2.0]");
    expect(said).not.toContain("the migration of release 1.1.0");
  });

  it.each([[], ["--restore-database"]])("when the restore point is gone %s", async (...options) => {
    points = [point(3, "1.2.0")];
    const { said } = await rollback("--to", "1", ...options);
    expect(said).toContain(
      "no restore point is kept that is older than update 2 of 2026-11-21T02:00:00Z, which ran the migration of release 1.1.0.",
    );
    expect(said).toContain("--to 1 --keep-database");
  });

  it("when the service can't tell", async () => {
    world.answers["schema-digest"] = () => {
      throw new Error("the server is gone");
    };
    const { said } = await rollback();
    expect(said).toMatch(
      /schema has changed can't be told:\n.*\n {4}\| the server is gone\n.*--keep-database/,
    );
  });

  it("two wishes at once", async () => {
    const { said } = await rollback("--keep-database", "--restore-database");
    expect(said).toContain("--restore-database and --keep-database exclude each other");
  });

  it("to restore what no migration has changed", async () => {
    world.history = [update(3, "1.2.0", "failed"), update(2, "1.1.0")];
    points = [];
    const { said } = await rollback("--restore-database");
    expect(said).toContain("--restore-database: no migration was run since update 1");
  });

  it("to restore without a backup service", async () => {
    world.containers = world.containers.filter(({ service }) => service !== "backup");
    const { said } = await rollback("--restore-database");
    expect(said).toContain("stack production has no backup service on this engine");
  });
});

describe("takes the database back", () => {
  it("with the update between the exchange and the start of what is left", async () => {
    const { said, code } = await rollback("--restore-database");
    expect(said).toContain(
      "Database clubhouse goes back to restore point 20261121T030100Z of 2026-11-21T03:01:00Z",
    );
    expect(code).toBeUndefined();
    expect(world.done).toEqual([
      ...[restored, "stop backend", swap("clubhouse_restore_1"), "pulumi up", "start backend"],
    ]);
    expect(await stackFile()).toContain("clubhouse/backend:1.1.0");
    expect(await stackFile()).toContain('keyExported: "0123456789ab"');
  });

  it("or leaves all as it was when the update fails", async () => {
    const before = await stackFile();
    let ups = 0;
    world.up = () => {
      ups++;
      // What the update had started before it failed.
      world.containers.push({ id: "id-new", service: "backend", release: "1.1.0", running: true });
      return ups === 1 ? 1 : 0;
    };
    const { said, code } = await rollback("--restore-database");
    expect(said).toContain("the rollback failed, the reason is above; everything is as it was before");
    expect(code).toBe(1);
    expect(world.done).toEqual([
      ...[restored, "stop backend", swap("clubhouse_restore_1"), "pulumi up"],
      ...["stop backend", swap("clubhouse_before_1"), "start backend", "pulumi up"],
    ]);
    expect(await stackFile()).toBe(before);
  });
});

async function resetFile(more: string): Promise<void> {
  const { containers, history, answers } = world;
  await resetWorld(file + more);
  Object.assign(world, { containers, history, answers });
}
