import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { badReleases, buildReleases } from "./harness/images";
import { TestStack } from "./harness/stack";
import { expectUnharmed, printReport, Traffic } from "./harness/traffic";

let stack: TestStack;

beforeAll(async () => {
  const { neverHealthy, exitAtStart, failingMigration, slowStart } = badReleases;
  await buildReleases(["1.0.0", "1.1.0", neverHealthy, exitAtStart, failingMigration, slowStart]);
  // A tight limit, so that a release which never gets ready is given up soon.
  const settings = { timeouts: { ready: 20 } };
  stack = await TestStack.create("failing", { ports: { http: 18081, https: 18444 }, settings });
});

afterAll(async () => {
  await stack?.destroyAll();
});

/** Tries to update while the system is used, and asserts that nobody but the one who updates notices. */
async function failedUpdate(title: string): Promise<string> {
  const traffic = await Traffic.start(stack, { rate: 10, webSockets: 5 });
  const { exitCode, output } = await stack.tryUp();
  const report = await traffic.stop();
  printReport(title, report);
  expect(exitCode, output).not.toBe(0);
  expectUnharmed(report);
  expect(report.closings, "a release that isn't there yet closes no WebSocket").toEqual([]);
  expect(report.releases).toEqual(["1.0.0"]);
  return output;
}

/** The next good update leaves what it is made of, and nothing of those before. */
async function expectRecovery(): Promise<void> {
  await stack.release("1.1.0");
  const containers = await stack.containers();
  const services = containers.map(({ Config }) => Config.Labels["slipway.service"]).sort();
  expect(services).toEqual(["backend", "frontend", "migration", "postgres", "proxy", "redis"]);
  const releases = ["backend", "frontend", "migration"].map(
    (service) =>
      containers.find(({ Config }) => Config.Labels["slipway.service"] === service)?.Config.Labels[
        "slipway.release"
      ],
  );
  expect(releases).toEqual(["1.1.0", "1.1.0", "1.1.0"]);
  await stack.up("--expect-no-changes");
}

test("a first update that fails is completed by the next", async () => {
  await stack.pin(badReleases.exitAtStart);
  const { exitCode, output } = await stack.tryUp();
  expect(exitCode, output).not.toBe(0);
  expect(output).toContain(`Service backend, release ${badReleases.exitAtStart}, did not get ready`);
  await expectRecovery();
  expect((await (await stack.client()).get("/health")).status).toBe(200);
});

describe("while 1.0.0 serves,", () => {
  beforeEach(async () => {
    await stack.release("1.0.0");
  });

  test("a release that never gets healthy", async () => {
    await stack.pin(badReleases.neverHealthy);
    const output = await failedUpdate("Never healthy");
    expect(output).toContain(`Service backend, release ${badReleases.neverHealthy}, did not get ready`);
    expect(output).toContain("was not healthy within 20 s");
    expect(output).toMatch(/Its last lines:\n\s+\| .*\S/);
    expect(output).toContain("What to do: ");
    await expectRecovery();
  });

  test("repeated failures don't pile up, and the old pin goes back", async () => {
    await stack.pin(badReleases.neverHealthy);
    await failedUpdate("Never healthy, first try");
    const after = (await stack.containers()).length;
    await failedUpdate("Never healthy, second try");
    expect(await stack.containers()).toHaveLength(after);

    await stack.release("1.0.0");
    const backends = await stack.containers("backend");
    expect(backends.map(({ Config }) => Config.Labels["slipway.release"])).toEqual(["1.0.0"]);
    await stack.up("--expect-no-changes");
  });

  test("a release that exits at its start", async () => {
    await stack.pin(badReleases.exitAtStart);
    const output = await failedUpdate("Exits at start");
    expect(output).toContain(`Service backend, release ${badReleases.exitAtStart}, did not get ready`);
    expect(output).toMatch(/ended with exit code 1/);
    expect(output).toMatch(/Its last lines:\n\s+\| .*\S/);
    await expectRecovery();
  });

  test("an image that can't be pulled", async () => {
    await stack.pin("9.9.9");
    const before = (await stack.containers()).map(({ Id }) => Id).sort();
    const output = await failedUpdate("Image that isn't there");
    expect(output).toContain("slipway/sample-backend:9.9.9");
    expect((await stack.containers()).map(({ Id }) => Id).sort()).toEqual(before);
    await expectRecovery();
  });

  test("a migration that fails", async () => {
    await stack.pin(badReleases.failingMigration);
    const output = await failedUpdate("Failing migration");
    expect(output).toContain(`Migration, release ${badReleases.failingMigration}, ended with exit code 1`);
    expect(output).toMatch(/Its last lines:\n\s+\| .*\S/);
    expect(output).toContain("What to do: ");
    expect(await stack.containers("backend")).toHaveLength(1);
    await expectRecovery();
  });

  test("bad values are told all at once, and nothing happens", async () => {
    const before = (await stack.containers()).map(({ Id }) => Id).sort();
    await stack.set({ replicas: { backend: 0 }, tls: { mode: "acme" }, portz: { http: 1 } });
    const { exitCode, output } = await stack.tryUp();
    await stack.set({ replicas: undefined, tls: { mode: "internal" }, portz: undefined });
    expect(exitCode).not.toBe(0);
    expect(output).toContain("3 problems in the configuration of stack failing");
    expect(output).toContain("slipway:replicas.backend is 0: it must be a whole number from 1 to 50");
    expect(output).toContain("slipway:tls.email is missing");
    expect(output).toContain("slipway:portz is not a known key. Did you mean ports?");
    expect((await stack.containers()).map(({ Id }) => Id).sort()).toEqual(before);
  });

  test("of two updates at once the second is refused", async () => {
    await stack.pin(badReleases.slowStart);
    const first = stack.startUp();
    await first.prints(/backend-ready|backend-0 created/);
    const second = await stack.tryUp();
    expect(second.exitCode).not.toBe(0);
    expect(second.output).toMatch(/currently locked by 1 lock/);
    const { exitCode, output } = await first.outcome;
    expect(exitCode, output).toBe(0);
  });
});
