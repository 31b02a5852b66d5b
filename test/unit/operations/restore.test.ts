import "./mockedTools";
import { beforeEach, describe, expect, it } from "vitest";
import type { BackupEntry, Manifest } from "../../../images/backup/contract";
import { resetWorld, runOperation, world } from "./fakeStack";

const night: BackupEntry = { run: "20261121T020000Z", time: "2026-11-21T02:00:00Z", reason: "scheduled" };
const point: BackupEntry = {
  run: "20261120T120000Z",
  time: "2026-11-20T12:00:00Z",
  reason: "restore-point",
  before: "1.1.0",
};

const manifest: Manifest = {
  format: 1,
  run: night.run,
  reason: "scheduled",
  startedAt: night.time,
  finishedAt: night.time,
  release: { pins: { backend: "clubhouse/backend:1.1.0" }, since: night.time },
  databases: {
    clubhouse: {
      snapshot: "s",
      bytes: 2e6,
      tables: { "public.members": 40, "public.events": 2 },
      schemaDigest: "a",
    },
  },
  volumes: ["caddy"],
};

const swapped = 'swap-database {"database":"clubhouse","restored":"clubhouse_restore_1"}';
const restored = `restore-database {"database":"clubhouse","run":"${night.run}"}`;

beforeEach(async () => {
  await resetWorld();
  Object.assign(world.answers, {
    list: () => [night, point],
    manifest: ({ run }: { run: string }) => ({ ...manifest, run }),
    "schema-digest": () => ({ digest: "a" }),
    "restore-database": () => ({ database: "clubhouse_restore_1", seconds: 3.21, rows: 42 }),
    "swap-database": ({ restored }: { restored: string }) => ({
      kept: restored.replace("restore", "before"),
    }),
    recover: () => ({ recovered: "r1", recoveryPoint: "2026-11-21T01:59:59Z" }),
  });
});

const restore = (...options: readonly string[]) =>
  runOperation("restore", "--stack", "production", ...options);

describe("a database", () => {
  it("is restored while the system serves, and exchanged while what writes is stopped", async () => {
    const { said, code } = await restore("--yes");
    expect(said).toContain("Backup 20261121T020000Z (scheduled) of 2026-11-21T02:00:00Z, ");
    expect(said).toContain("database clubhouse, 42 rows in 2 tables, 2.0 MB.");
    expect(said).toContain("Everything written after 2026-11-21T02:00:00Z is missing then.");
    expect(said).toContain("log of restore-database\nRestored to clubhouse_restore_1 in 3.2 s: 42 rows");
    expect(said).toContain("docker exec name-postgres dropdb clubhouse_before_1");
    expect(code).toBeUndefined();
    expect(world.done).toEqual([restored, "stop backend", swapped, "start backend"]);
    // Else it would answer 503 until it asks the backend next.
    expect(world.askedAnew).toEqual(["id-proxy, postgres backup drill proxy frontend backend"]);
    expect(world.files).not.toHaveProperty("/state/stopped.json");
  });

  it("is migrated when the schema is another one, by the release that serves", async () => {
    world.containers.push({ id: "id-failed", service: "migration", release: "1.2.0", running: false });
    world.answers["schema-digest"] = () => ({ digest: "b" });
    await restore("--yes");
    expect(world.done).toEqual([restored, "stop backend", swapped, "start migration", "start backend"]);
  });

  it("comes from a restore point, from a repository, or under another name", async () => {
    await restore("--before", "1.1.0", "--repository", "s3", "--yes");
    expect(world.done[0]).toBe(
      `restore-database {"database":"clubhouse","run":"${point.run}","repository":"s3"}`,
    );
    world.done.length = 0;
    const { said } = await restore("--to-new-database", "--yes");
    expect(world.done).toEqual([restored]);
    expect(said).toContain("docker exec -it name-postgres psql -d clubhouse_restore_1");
  });

  it("is recovered to a moment by the drill first", async () => {
    await restore("--to-time", "2026-11-21T02:00:00Z", "--yes");
    expect(world.done).toEqual([
      'recover {"time":"2026-11-21T02:00:00Z"}',
      'restore-database {"database":"clubhouse","recovered":"r1"}',
      ...["stop backend", swapped, "start migration", "start backend"],
    ]);
  });
});

it("shows what it would do, and does nothing", async () => {
  for (const options of [["--dry-run"], ["--to-time", "2026-11-21T02:00:00Z", "--dry-run"], ["--list"]]) {
    const { code } = await restore(...options);
    expect(code).toBeUndefined();
  }
  expect(world.done).toEqual([]);
});

it.each([
  ["--database", "other", "has no database other: it has clubhouse"],
  ["--from", "x", "nothing to restore: --from x is neither latest nor a backup: 20261121T020000Z"],
  ["--volume", "uploads", "has no volume uploads: it has caddy"],
])("refuses %s %s", async (option, value, message) => {
  const { said, code } = await restore(option, value, "--yes");
  expect(said).toContain(message);
  expect(code).toBe(1);
  expect(world.done).toEqual([]);
});

it("refuses a disk that is too full, before it begins", async () => {
  world.free = 2000;
  const { said } = await restore("--yes");
  expect(said).toContain(
    "the disk of name-postgres has 2.0 MB free, and the restored database needs about 3.0 MB",
  );
  expect(world.done).toEqual([]);
});

describe("when it fails, what served before serves:", () => {
  it("nothing is stopped for a restore that fails", async () => {
    world.answers["restore-database"] = () => {
      throw new Error("rows differ");
    };
    const { said, code } = await restore("--yes");
    expect(said).toMatch(/^error: restore-database in container name-backup failed:\n {4}\| rows differ$/m);
    expect(code).toBe(1);
    expect(world.done).toEqual([restored]);
  });

  it("what was stopped is started when the exchange fails", async () => {
    world.answers["swap-database"] = () => {
      throw new Error("a session holds on");
    };
    const { said, code } = await restore("--yes");
    expect(said).toContain("It failed. clubhouse is again as it was, and what served before serves:");
    expect(code).toBe(1);
    expect(world.done).toEqual([restored, "stop backend", swapped, "start backend"]);
  });

  it("the databases are exchanged back when the services don't get healthy", async () => {
    const backend = world.containers.find(({ service }) => service === "backend");
    if (backend === undefined) throw new Error("no backend");
    world.answers["swap-database"] = ({ restored }) => {
      backend.ill = String(restored).includes("restore");
      return { kept: String(restored).replace("restore", "before") };
    };
    const { said, code } = await restore("--yes");
    expect(said).toContain("clubhouse is again as it was");
    expect(said).toContain("name-backend ended with exit code 1");
    expect(code).toBe(1);
    const back = 'swap-database {"database":"clubhouse","restored":"clubhouse_before_1"}';
    expect(world.done).toEqual([
      ...[restored, "stop backend", swapped, "start backend"],
      ...["stop backend", back, "start backend"],
    ]);
  });
});

it("starts what a restore that was killed has left stopped, and nothing else", async () => {
  world.containers.push({ id: "id-old", service: "backend", release: "1.0.0", running: false });
  const backend = world.containers.find(({ id }) => id === "id-backend");
  if (backend !== undefined) backend.running = false;
  world.files["/state/stopped.json"] = '["id-backend","id-gone"]';
  await restore("--yes");
  expect(world.done).toEqual([restored, swapped, "start backend"]);
  expect(world.containers.filter(({ running }) => !running).map(({ id }) => id)).toEqual([
    "id-migration",
    "id-old",
  ]);
});
