import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { buildReleases } from "./harness/images";
import { TestStack } from "./harness/stack";

const options = { ports: { http: 18083, https: 18446 } };
let stack: TestStack;

beforeAll(() => buildReleases(["1.0.0", "1.1.0"]));

beforeEach(async () => {
  stack = await TestStack.create("recovery", options);
});

afterEach(async () => {
  await stack?.destroyAll();
});

afterAll(async () => {
  await stack?.destroyAll();
});

/** Kills the update as soon as it prints this. */
async function killUpdateAt(moment: RegExp): Promise<void> {
  const update = stack.startUp();
  expect(await update.prints(moment), `the update printed ${moment} before it was killed`).toBe(true);
  await update.kill();
}

async function expectRecovery(release: string): Promise<void> {
  const { exitCode, output } = await stack.operation("recover", "--stack", stack.name, "--yes");
  expect(exitCode, output).toBe(0);
  const containers = await stack.containers();
  const services = containers.map(({ Config }) => Config.Labels["slipway.service"]).sort();
  expect(services).toEqual(["backend", "frontend", "migration", "postgres", "proxy", "redis"]);
  const client = await stack.client();
  const health = await client.get("/health");
  expect(health.status).toBe(200);
  expect(JSON.parse(health.body)).toMatchObject({ status: "healthy", version: release });
  await stack.up("--expect-no-changes");
}

test.each([
  /postgres-server creating/,
  /postgres-roles creating/,
  /backend-0 creating/,
  /proxy-apply creating/,
])("a first update that is killed at %s", async (moment) => {
  await killUpdateAt(moment);
  await expectRecovery("1.0.0");
});

test.each([
  /migration-container creating replacement/,
  /backend-0 creating replacement/,
  /backend-ready updating/,
  /proxy-apply updating/,
  /backend-0 deleting original/,
])("a release that is killed at %s keeps the data", async (moment) => {
  await stack.up();
  const client = await stack.client();
  const written = await client.post("/api/notes", { text: "before the kill" });
  expect(written.status).toBe(201);
  await stack.pin("1.1.0");
  await killUpdateAt(moment);
  await expectRecovery("1.1.0");
  expect(await stack.query("SELECT text FROM notes")).toEqual(["before the kill"]);
});

test("an update that is killed while it writes its state", async () => {
  await stack.up();
  const checkpoint = join(stack.folder, "backend", ".pulumi", "stacks", "slipway", `${stack.name}.json`);
  await truncate(checkpoint, 1000);
  await expectRecovery("1.0.0");
});
