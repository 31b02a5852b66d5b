import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildReleases } from "./harness/images";
import { TestStack } from "./harness/stack";
import { expectUnharmed, printReport, Traffic } from "./harness/traffic";

type Lost = "pulumi" | "machine";

let stack: TestStack;

beforeAll(() => buildReleases(["1.0.0", "1.1.0"]));

afterAll(async () => {
  await stack?.destroyAll();
});

async function createStack(): Promise<void> {
  stack = await TestStack.create("recovery", { ports: { http: 18083, https: 18446 } });
}

/** Kills the update as soon as it prints this: pulumi, whose plugins end what they are at, or all that the machine runs of it. */
async function killUpdateAt(moment: RegExp, lost: Lost): Promise<void> {
  const update = stack.startUp();
  expect(await update.prints(moment), `the update printed ${moment} before it was killed`).toBe(true);
  await update.kill();
  if (lost === "machine") await stack.killProcesses();
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

describe("a first update", () => {
  beforeEach(createStack);

  test.each<[Lost, RegExp]>([
    ["pulumi", /networks-edge creating/],
    ["machine", /postgres-server creating/],
    ["pulumi", /postgres-roles creating/],
    ["machine", /backend-0 creating/],
    ["pulumi", /proxy-apply creating/],
  ])("is recovered when the %s is lost at %s", async (lost, moment) => {
    await killUpdateAt(moment, lost);
    await expectRecovery("1.0.0");
  });
});

describe("a release", () => {
  let release = "1.0.0";

  beforeAll(async () => {
    await createStack();
    await stack.up();
  });

  test.each<[Lost, RegExp]>([
    ["machine", /migration-container creating replacement/],
    ["pulumi", /migration-run updating/],
    ["machine", /backend-0 creating replacement/],
    ["pulumi", /backend-0 created replacement/],
    ["machine", /backend-ready updating/],
    ["pulumi", /proxy-apply updating/],
    ["machine", /proxy-apply updated/],
    ["pulumi", /backend-0 deleting original/],
  ])("is recovered when the %s is lost at %s, and no user notices", async (lost, moment) => {
    release = release === "1.0.0" ? "1.1.0" : "1.0.0";
    const traffic = await Traffic.start(stack, { rate: 10, webSockets: 5 });
    await stack.pin(release);
    await killUpdateAt(moment, lost);
    await expectRecovery(release);
    await traffic.crowd.settled(release);

    const report = await traffic.stop();
    printReport(`A release, the ${lost} lost at ${moment.source}`, report);
    expectUnharmed(report);
  });

  test.each([
    ["state was", "json", 1000],
    ["state's attributes were", "json.attrs", 0],
  ])("is recovered when its %s half-written", async (_, ending, length) => {
    const states = join(stack.folder, "backend", ".pulumi", "stacks", "slipway");
    await truncate(join(states, `${stack.name}.${ending}`), length);
    await expectRecovery(release);
  });

  test("is left alone by a recovery that it doesn't need", async () => {
    const before = (await stack.containers()).map(({ Id, State }) => [Id, State.StartedAt]).sort();
    await expectRecovery(release);
    expect((await stack.containers()).map(({ Id, State }) => [Id, State.StartedAt]).sort()).toEqual(before);
  });
});
