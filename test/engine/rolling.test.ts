import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Answer, Client } from "./harness/client";
import { buildReleases, goodRelease } from "./harness/images";
import { TestStack } from "./harness/stack";
import { expectUnharmed, printReport, Traffic } from "./harness/traffic";
import { expectTenUnharmed } from "./support/tenReleases";

const webSockets = 20;
const slowMilliseconds = 8_000;

let stack: TestStack;

beforeAll(async () => {
  await buildReleases();
  stack = await TestStack.create("rolling", { ports: { http: 18080, https: 18443 } });
  await stack.up();
});

afterAll(async () => {
  await stack?.destroyAll();
});

test("ten releases in a row, and no request is lost", async () => {
  await expectTenUnharmed(stack, "Ten releases", webSockets);
});

test("a second update has nothing to do", async () => {
  await stack.up("--expect-no-changes");
  await stack.preview("--refresh", "--expect-no-changes");
});

test("only the containers of the current release are left", async () => {
  const services = [
    ...["backend", "frontend", "postgres", "redis", "proxy"].map((service) => [service, "running"]),
    ["migration", "exited"],
  ];
  const containers = await stack.containers();
  const found = containers.map(({ Config, State }) => [Config.Labels["slipway.service"], State.Status]);
  expect(found.sort()).toEqual(services.sort());
  const current = goodRelease(10);
  for (const service of ["backend", "frontend", "migration"]) {
    expect((await stack.container(service)).Config.Labels["slipway.release"], service).toBe(current);
  }
});

test("a request that is open when the traffic switches is answered by the release that took it", async () => {
  const [from, to] = [goodRelease(10), goodRelease(11)];
  const traffic = await Traffic.start(stack, { webSockets });
  const slow = new SlowRequests(traffic.client);

  await stack.release(to);
  const answers = await slow.stop();
  await traffic.crowd.settled(to);

  const report = await traffic.stop();
  printReport("A release with slow requests", report);
  expectUnharmed(report);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  const switched = Math.min(...answers.filter(({ release }) => release === to).map(({ began }) => began));
  const across = answers.filter(({ release, ended }) => release === from && ended > switched);
  expect(across, `answers of ${from} after ${to} took requests`).not.toEqual([]);
  // Nor is a WebSocket cut while requests still run on the old release.
  const idle = Math.max(...across.map(({ ended }) => ended));
  expect(report.closings).toHaveLength(webSockets);
  for (const { at } of report.closings) expect(at).toBeGreaterThanOrEqual(idle);
});

test("with two containers a service, a release loses nothing either", async () => {
  // Not under load: another number of containers is another configuration, and loading one costs requests.
  await stack.set({ replicas: { backend: 2, frontend: 2 } });
  await stack.up();
  const release = goodRelease(12);
  const traffic = await Traffic.start(stack, { webSockets });

  await stack.release(release);
  await traffic.crowd.settled(release);

  const report = await traffic.stop();
  printReport("A release with two containers a service", report);
  expectUnharmed(report);
  expect(report.closings).toHaveLength(webSockets);
  for (const service of ["backend", "frontend"]) {
    const releases = (await stack.containers(service)).map(({ Config }) => Config.Labels["slipway.release"]);
    expect(releases, service).toEqual([release, release]);
  }
  await stack.up("--expect-no-changes");
});

interface TimedAnswer extends Answer {
  readonly began: number;
  readonly ended: number;
}

/** Requests of 8 s, one a second, so that several are open at any moment. */
class SlowRequests {
  private readonly answers: Promise<TimedAnswer>[] = [];
  private readonly timer = setInterval(() => this.answers.push(this.send()), 1_000);

  constructor(private readonly client: Client) {}

  /** Sends no more, once the newest were sent after the switch, and waits for all. */
  async stop(): Promise<TimedAnswer[]> {
    await sleep(2_000);
    clearInterval(this.timer);
    return Promise.all(this.answers);
  }

  private async send(): Promise<TimedAnswer> {
    const began = performance.now();
    const answer = await this.client.get(`/api/slow?ms=${slowMilliseconds}`, { timeout: 30_000 });
    return { ...answer, began, ended: performance.now() };
  }
}
