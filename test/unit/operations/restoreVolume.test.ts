import "./mockedTools";
import { beforeEach, expect, it } from "vitest";
import type { BackupEntry } from "../../../images/backup/contract";
import { type FakeContainer, resetWorld, runOperation, world } from "./fakeStack";

const night: BackupEntry = { run: "20261121T020000Z", time: "2026-11-21T02:00:00Z", reason: "scheduled" };
const volume = "clubhouse-production-uploads";
const asked = `{"run":"${night.run}","volume":"uploads"}`;
const stopped = ["stop backend", "stop worker"];
const started = ["start backend", "start worker"];

function container(service: string, more: Partial<FakeContainer> = {}): FakeContainer {
  return { id: `id-${service}`, service, release: "1.1.0", running: true, ...more };
}

/** What the container that restores was told, and how it ends. */
let runs: { readonly args: readonly string[]; readonly input: string }[];
let outcome: { failed?: boolean; stderr?: string };

beforeEach(async () => {
  await resetWorld();
  runs = [];
  outcome = {};
  const uploads = { "/uploads": volume };
  world.containers = [
    container("postgres"),
    container("backup", { volumes: { "/state": "state", "/volumes/uploads": volume } }),
    container("drill"),
    container("frontend", { volumes: { "/public": "clubhouse-production-public" } }),
    container("backend", { volumes: uploads }),
    container("worker", { volumes: { "/data/in": volume } }),
    container("migration", { volumes: uploads, running: false }),
  ];
  Object.assign(world.answers, {
    list: () => [night],
    manifest: () => ({ run: night.run, reason: "scheduled", databases: {}, volumes: ["uploads", "caddy"] }),
  });
  world.docker = (args, input) => {
    if (args[0] !== "run") return {};
    runs.push({ args, input });
    world.done.push("restore");
    return outcome;
  };
});

const restore = (...options: readonly string[]) =>
  runOperation("restore", "--stack", "production", "--volume", "uploads", ...options);

it("is restored while every service that mounts it is stopped, and no other", async () => {
  const { said, code } = await restore("--yes");
  expect(code).toBeUndefined();
  expect(said).toContain("What mounts it is stopped meanwhile: name-backend, name-worker.");
  expect(world.done).toEqual([...stopped, "restore", ...started]);
  expect(runs.map(({ input }) => input)).toEqual([asked]);
  expect(world.files).not.toHaveProperty("/state/stopped.json");
});

it("is restored with owners, modes and times, by a container that has no more than it needs", async () => {
  await restore("--yes");
  const command = runs[0]?.args.join(" ") ?? "";
  const given = "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID";
  expect(command).toContain(
    `--cap-drop ALL ${given
      .split(" ")
      .map((one) => `--cap-add ${one}`)
      .join(" ")} `,
  );
  expect(command).toContain("--read-only --security-opt no-new-privileges:true");
  expect(command).toContain(`--volume ${volume}:/target --entrypoint node image-backup`);
});

it.each([false, true])("starts what it stopped when it fails, also unhealthy (%s)", async (ill) => {
  outcome = { failed: true, stderr: "the repository is gone" };
  const worker = world.containers.find(({ service }) => service === "worker");
  if (worker === undefined) throw new Error("no worker");
  worker.ill = ill;
  const { said, code } = await restore("--yes");
  expect(code).toBe(1);
  expect(said).toContain("error: the volume could not be restored:\n    | the repository is gone");
  expect(said).toContain(ill ? "name-worker ended with exit code 1" : "What mounts it runs again.");
  expect(world.done).toEqual([...stopped, "restore", ...started]);
});

it("says so when it is restored and what mounts it does not get healthy", async () => {
  const worker = world.containers.find(({ service }) => service === "worker");
  if (worker === undefined) throw new Error("no worker");
  worker.ill = true;
  const { said, code } = await restore("--yes");
  expect(code).toBe(1);
  expect(said).toContain("What had been stopped did not get healthy again:");
  expect(said).not.toContain("could not be restored");
});

it("starts what one that was killed has left stopped", async () => {
  const backend = world.containers.find(({ service }) => service === "backend");
  if (backend === undefined) throw new Error("no backend");
  backend.running = false;
  world.files["/state/stopped.json"] = '["id-backend"]';
  await restore("--yes");
  expect(world.done).toEqual(["stop worker", "restore", ...started]);
});

it("does nothing when it only says what it would do", async () => {
  const { code } = await restore("--dry-run");
  expect(code).toBeUndefined();
  expect(world.done).toEqual([]);
});

it("refuses a volume that the stack has no longer, before it stops anything", async () => {
  const { said, code } = await runOperation(
    ...(["restore", "--stack", "production", "--volume", "caddy", "--yes"] as const),
  );
  expect(said).toContain("the stack has no volume caddy any more, which backup 20261121T020000Z has");
  expect(code).toBe(1);
  expect(world.done).toEqual([]);
});
