import "./mockedTools";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { HistoryEntry } from "../../../lib/history";
import { resetWorld, runOperation, stackFile, world } from "./fakeStack";

vi.mock("../../../apps/catalog", async () => {
  const { clubhouse } = await import("../../../apps/clubhouse");
  const { migration } = clubhouse;
  const revert = ["node", "dist/revert.js"];
  return { catalog: { clubhouse: { ...clubhouse, migration: migration && { ...migration, revert } } } };
});

const image = (release: string) => `{"backend":"clubhouse/backend:${release}"}`;
const update = (hour: number, release: string, more: HistoryEntry["config"] = {}, result = "succeeded") => ({
  kind: "update",
  result,
  startTime: `2026-11-21T0${hour}:00:00Z`,
  endTime: `2026-11-21T0${hour}:05:00Z`,
  config: { "slipway:images": { value: image(release), secret: false }, ...more },
});

const template = {
  Image: "sha256:new",
  Config: {
    User: "1000:1000",
    Env: ["PATH=/usr/bin", "POSTGRES_PASSWORD=canary"],
    Labels: { "slipway.stack": "production" },
    Healthcheck: { Test: ["CMD", "true"] },
  },
  HostConfig: {
    Memory: 1,
    MemorySwap: 1,
    NanoCpus: 1e9,
    PidsLimit: 512,
    ShmSize: 1,
    ReadonlyRootfs: true,
    Init: true,
    LogConfig: { Type: "json-file", Config: {} },
  },
  NetworkSettings: { Networks: { data: {}, edge: {} } },
};
const file = `  slipway:images: ${image("1.2.0")}\n`;
const job = () => world.containers.find(({ service }) => service === "migration");

/** Exit code of the migration's way back. */
let reverts: number;

beforeEach(async () => {
  await resetWorld(file);
  reverts = 0;
  world.containers = world.containers.map((one) =>
    one.service === "migration" ? { ...one, release: "1.2.0", more: template } : one,
  );
  world.history = [update(3, "1.2.0"), update(2, "1.1.0"), update(1, "1.0.0")];
  world.answers.backup = () => ({ run: "20261121T040000Z" });
  world.docker = (args) => {
    if (args[0] === "image") return { stdout: '["PATH=/usr/bin"]' };
    if (args[0] === "create") {
      const runs = () => ({ failed: reverts !== 0, stderr: "undone 0003, password=canary" });
      const made = { id: "id-revert", service: "migration-revert", release: "1.2.0", running: false, runs };
      world.containers.push(made);
      return { stdout: "id-revert\n" };
    }
    if (args[0] === "container") return {};
    world.done.push(args.filter((word) => !word.startsWith("--")).join(" "));
    return {};
  };
});

const rollback = async (...options: readonly string[]) => {
  const result = await runOperation(
    "rollback",
    "--stack",
    "production",
    "--yes",
    "--revert-migration",
    ...options,
  );
  expect(result.said).not.toContain("canary");
  expect(world.commandLines.join("\n")).not.toContain("canary");
  return result;
};

const backedUp = 'backup {"reason":"restore-point","before":"1.1.0"}';
const reverted = ["network connect edge id-revert", "start migration-revert"];
const removed = "rm id-revert";

describe("takes the migration back", () => {
  it("by its own image, after a restore point, while nothing writes, and applies the earlier release", async () => {
    const { said, code } = await rollback();
    expect(code).toBeUndefined();
    expect(said).toContain(
      "The migration of release 1.2.0 is taken back to release 1.1.0 by its own image: node dist/revert.js",
    );
    expect(said).toContain("Restore point 20261121T040000Z has the database as it is now.");
    expect(said).toContain("  undone 0003, password=[redacted]");
    expect(said).toMatch(/What writes to the database was stopped for \d+\.\d s at most\./);
    expect(world.done).toEqual([
      backedUp,
      "stop backend",
      ...reverted,
      "pulumi up",
      "start backend",
      removed,
    ]);
    expect(await stackFile()).toContain("clubhouse/backend:1.1.0");
    const created = world.commandLines.find((line) => line.startsWith("docker create"));
    expect(created).toMatch(/--volumes-from id-migration .* sha256:new node dist\/revert\.js$/);
    expect(world.environments["docker create"]).toEqual({ POSTGRES_PASSWORD: "canary" });
  });

  it("without backups, which it says", async () => {
    world.containers = world.containers.filter(({ service }) => service !== "backup");
    const { said, code } = await rollback();
    expect(code).toBeUndefined();
    expect(said).toContain("The stack has no backups: no restore point is made.");
    expect(world.done).toEqual(["stop backend", ...reverted, "pulumi up", "start backend", removed]);
  });

  it("of an update that failed after it", async () => {
    world.history = [update(3, "1.2.0", {}, "failed"), update(2, "1.1.0")];
    expect((await rollback()).code).toBeUndefined();
    expect(world.done).toContain("start migration-revert");
  });
});

describe("leaves everything as it was", () => {
  it("when the way back fails: the migration is run again, and what was stopped is started", async () => {
    reverts = 3;
    const before = await stackFile();
    const { said, code } = await rollback();
    expect(code).toBe(1);
    expect(said).toContain("Taking back the migration of release 1.2.0 ended with exit code 1.");
    expect(said).toContain("everything is as it was before");
    expect(world.done).toEqual([
      backedUp,
      "stop backend",
      ...reverted,
      "start migration",
      "start backend",
      removed,
    ]);
    expect(await stackFile()).toBe(before);
  });

  it("when the update fails: also what it had started is stopped, and the configuration of before applied", async () => {
    const before = await stackFile();
    let ups = 0;
    world.up = () => {
      if (++ups > 1) return 0;
      world.containers.push({ id: "id-new", service: "backend", release: "1.1.0", running: true });
      return 1;
    };
    const { said, code } = await rollback();
    expect(code).toBe(1);
    expect(said).toContain("An update with the configuration of before brings everything in line:");
    expect(world.done).toEqual([
      ...[backedUp, "stop backend", ...reverted, "pulumi up"],
      ...["stop backend", "start migration", "start backend", removed, "pulumi up"],
    ]);
    expect(await stackFile()).toBe(before);
  });

  it("but says what to do when that fails too, and keeps what tells that it was begun", async () => {
    reverts = 1;
    const backend = world.containers.find(({ service }) => service === "backend");
    if (backend !== undefined) backend.ill = true;
    const { said, code } = await rollback();
    expect(code).toBe(1);
    expect(said).toContain("error: The way back failed too:");
    expect(said).toContain(
      "`npm run restore -- --stack production --before 1.1.0` has the database as it was before.",
    );
    expect(world.done).not.toContain(removed);
  });
});

describe("refuses, and changes nothing,", () => {
  it.each<[string, string, () => unknown, string[]?]>([
    [
      "two wishes at once",
      "--keep-database and --revert-migration exclude each other",
      () => {},
      ["--keep-database"],
    ],
    [
      "what no migration has changed",
      "no migration was run since update 1",
      () => {
        const scaled = { "slipway:replicas": { value: '{"backend":2}', secret: false } };
        world.history = [update(2, "1.2.0", scaled), update(1, "1.2.0")];
      },
      ["--to", "1"],
    ],
    [
      "an update that left its migration out",
      "no migration was run since update 1",
      () => {
        const skipping = { "slipway:migrations": { value: '{"skip":true}', secret: false } };
        world.history = [update(3, "1.3.0", skipping), update(2, "1.2.0")];
      },
    ],
    [
      "to go back over two migrations",
      "takes back the migration of release 1.2.0 alone, and since update 1 that of 1.1.0 was run too",
      () => {},
      ["--to", "1"],
    ],
    [
      "to take back what has failed",
      "the migration of release 1.2.0 ended with exit code 1 (`docker logs name-migration`)",
      () => Object.assign(job() ?? {}, { ill: true }),
    ],
    [
      "to take back what still runs",
      "the migration of release 1.2.0 still runs",
      () => Object.assign(job() ?? {}, { running: true }),
    ],
    [
      "to take back a second time what may be taken back already",
      "`docker logs name-migration-revert` shows how far it came",
      () => world.containers.push({ id: "x", service: "migration-revert", release: "1.2.0", running: false }),
    ],
    [
      "where no migration is left",
      "no migration was run since update 2",
      () => {
        world.containers = world.containers.filter(({ service }) => service !== "migration");
      },
    ],
  ])("%s", async (_, reason, change, options = []) => {
    change();
    const { said, code } = await rollback(...options);
    expect(said).toContain(reason);
    expect(code).toBe(1);
    expect(world.done).toEqual([]);
    expect(await stackFile()).toContain("clubhouse/backend:1.2.0");
  });
});
