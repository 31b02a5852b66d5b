import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docker } from "./harness/engine";
import { badReleases, buildReleases } from "./harness/images";
import { TestStack } from "./harness/stack";
import { printTable } from "./harness/table";
import { Traffic } from "./harness/traffic";
import { eventually } from "./support/eventually";
import {
  expectedExceptions,
  hardeningExceptions,
  observabilityExceptions,
} from "./support/hardeningExceptions";
import { memoryUse, sum } from "./support/memoryUse";
import { AlertReceiver, allJobs, ObservedStack, parts } from "./support/observedStack";
import { promqlMetrics } from "./support/promqlMetrics";
import { setSecrets } from "./support/secrets";

const minute = 60_000;
const ports = { http: 18090, https: 18453 };
const usual = {
  profile: "full",
  receivers: { webhook: true },
  rules: {
    NotesWritten: {
      expression: 'http_requests_total{route="/api/notes"} > 1',
      for: "1s",
      summary: "Somebody writes",
    },
  },
};

let stack: TestStack;
let receiver: AlertReceiver;
let traffic: Traffic;
let observed: ObservedStack;

beforeAll(async () => {
  await buildReleases(["1.0.0", badReleases.errors]);
  receiver = await AlertReceiver.open();
  stack = await TestStack.create("observability", {
    ports,
    settings: {
      domains: { app: "clubhouse.localhost", grafana: "grafana.localhost" },
      observability: usual,
      backups: {},
    },
  });
  await setSecrets(stack, {
    alertWebhookUrl: `${receiver.origin}/alerts`,
    heartbeatUrl: `${receiver.origin}/heartbeat`,
  });
  await stack.up();
  observed = await ObservedStack.of(stack);
  traffic = await Traffic.start(stack, { rate: 10, webSockets: 3 });
});

afterAll(async () => {
  await traffic?.stop();
  await stack?.destroyAll();
  receiver?.close();
});

test("every part runs", async () => {
  const running = (await stack.containers()).filter(({ State }) => State.Running);
  const services = running.map(({ Config }) => Config.Labels["slipway.service"]);
  expect(services).toEqual(expect.arrayContaining(parts));
});

test("a second update has nothing to change", async () => {
  await stack.up("--expect-no-changes");
});

test("every container is hardened, but for what observes the machine itself or reads what others own", async () => {
  expect(await hardeningExceptions(await stack.containers())).toEqual(
    expectedExceptions(observabilityExceptions),
  );
});

test("Prometheus reaches every target", async () => {
  await eventually(minute, async () => {
    const targets = await observed.targets();
    const down = targets.filter(({ health }) => health !== "up");
    expect(down.map(({ labels, lastError }) => `${labels.job}: ${lastError}`)).toEqual([]);
    const jobs = new Set(targets.map(({ labels }) => labels.job));
    expect([...jobs].sort()).toEqual(allJobs);
  });
});

describe("a request", () => {
  const trace = randomBytes(16).toString("hex");

  test("is found in the logs within 5 s, by its labels, with its trace", async () => {
    const client = await stack.client();
    const headers = { traceparent: `00-${trace}-${randomBytes(8).toString("hex")}-01` };
    expect((await client.get("/api/notes", { headers })).status).toBe(200);
    const answered = Date.now();
    const selector = `{system="clubhouse", stack="observability", service="backend", level="info"} | trace_id="${trace}"`;
    const lines = await eventually(5_000, async () => {
      const found = await observed.lines(selector);
      expect(found).not.toEqual([]);
      return found;
    });
    console.log(`a line is found ${Date.now() - answered} ms after the answer`);
    expect(lines[0]?.labels).toMatchObject({ release: "1.0.0", trace_id: trace });
    expect(JSON.parse(lines[0]?.line ?? "")).toMatchObject({ route: "/api/notes", status: 200 });
  });

  test("has its trace where traces go", async () => {
    const tempo = (await stack.container("tempo")).Id;
    await eventually(10_000, async () => {
      expect(await docker("exec", tempo, "cat", "/var/tempo/traces.jsonl")).toContain(trace);
    });
  });
});

test("logs of every container are there, under these labels and no other", async () => {
  expect([...(await observed.logLabels())].sort()).toEqual([
    "level",
    "release",
    "service",
    "stack",
    "system",
  ]);
  for (const service of [
    "backend",
    "frontend",
    "postgres",
    "redis",
    "proxy",
    "prometheus",
    "guardian",
    "backup",
    "drill",
  ]) {
    expect(await observed.lines(`{service="${service}"}`), service).not.toEqual([]);
  }
});

test("every panel of every dashboard has something to show", async () => {
  const queries = observed.panelQueries;
  expect(new Set(queries.map(({ dashboard }) => dashboard)).size).toBeGreaterThanOrEqual(7);
  // The longest time that a panel looks back over must have passed once.
  await eventually(4 * minute, async () => {
    const counts = await Promise.all(queries.map((query) => observed.series(query)));
    const empty = queries.filter((_, index) => counts[index] === 0);
    expect(empty.map(({ dashboard, panel, expr }) => `${dashboard}: ${panel}: ${expr}`)).toEqual([]);
  });
  printTable("Dashboards", [
    ["queries that give series", queries.length],
    ["dashboards", new Set(queries.map(({ dashboard }) => dashboard)).size],
  ]);
});

test("a system of 2 GB has room for the sample and what observes it", async () => {
  const running = (await stack.containers()).filter(({ State }) => State.Running);
  const used = await memoryUse(running);
  const metricsOnly = used.filter(([service]) => !["loki", "tempo"].includes(service));
  printTable("Memory, MiB", [
    ...used,
    ["all", sum(used).toFixed(0)],
    ["all without Loki and Tempo", sum(metricsOnly).toFixed(0)],
  ]);
  // Grafana's stand-in is small; its limit is 400 MiB.
  expect(sum(metricsOnly) + 400).toBeLessThan(2048);
});

test("a changed threshold changes alerts and dashboards, and replaces no container", async () => {
  const before = await stack.containers();
  await stack.set({ observability: { ...usual, thresholds: { memory: 71 } } });
  await stack.up();
  const ids = (all: typeof before) => all.map(({ Id, State }) => `${Id} ${State.StartedAt}`).sort();
  expect(ids(await stack.containers())).toEqual(ids(before));
  await eventually(30_000, async () => {
    const rule = (await observed.rules()).find(({ name }) => name === "ContainerMemoryHigh");
    expect(rule?.query).toContain("71");
  });
  const grafana = (await stack.container("grafana")).Id;
  const dashboard = await docker("exec", grafana, "cat", "/etc/grafana/dashboards/slipway-containers.json");
  expect(dashboard).toMatch(/"value": 71\b/);
});

describe("alerts", () => {
  // What takes longest to be noticed begins first.
  beforeAll(async () => {
    await stack.release(badReleases.errors);
  });

  test("tell every minute that alerting works", async () => {
    await eventually(2 * minute, async () => expect(receiver.heartbeats).toBeGreaterThan(0));
    expect(receiver.fired).not.toContain("Watchdog");
  });

  test("of the stack's own rules reach the receiver", async () => {
    await eventually(2 * minute, async () => expect(receiver.fired).toContain("NotesWritten"));
  });

  test("can be tried out", async () => {
    const { exitCode, output } = await stack.operation(
      "testAlert",
      "--stack",
      "observability",
      "--severity",
      "critical",
    );
    expect(exitCode, output).toBe(0);
    await eventually(minute, async () => expect(receiver.fired).toContain("TestAlert"));
  });

  test("tell of errors, with what they mean and what to do", async () => {
    const alert = await eventually(5 * minute, async () => receiver.delivered("ErrorRateHigh"));
    expect(alert.labels).toMatchObject({ host: "clubhouse.localhost", severity: "critical" });
    expect(alert.annotations.summary).toMatch(/clubhouse\.localhost: \d+ % of the requests fail/);
    expect(alert.annotations.runbook_url).toBe("docs/runbooks/error-rate-high.md");
  });

  test("tell of a service that is gone, and of what users then miss", async () => {
    await docker("stop", (await stack.container("frontend")).Id);
    const alerts = ["ServiceDown", "RouteDown"];
    const [service] = await eventually(4 * minute, async () =>
      alerts.map((name) => receiver.delivered(name)),
    );
    expect(service?.labels).toMatchObject({ service: "frontend", severity: "critical" });
  });
});

const countedFromTheFirstFailure =
  /^(loki_discarded_samples_total|otelcol_exporter_(send|enqueue)_failed_(log_records|spans))$/;

test("every rule is evaluated, over metrics that are there", async () => {
  const rules = await observed.rules();
  expect(
    rules.filter(({ health }) => health !== "ok").map(({ name, lastError }) => `${name}: ${lastError}`),
  ).toEqual([]);
  // Some are computed every two minutes only, which have passed by now.
  const metrics = new Set(rules.flatMap(({ query }) => promqlMetrics(query)));
  const missing: string[] = [];
  for (const metric of metrics) {
    if ((await observed.query(`count({__name__="${metric}"})`)).length === 0) missing.push(metric);
  }
  expect(missing.filter((metric) => !countedFromTheFirstFailure.test(metric))).toEqual([]);
});

test("without observability the system goes on, and what was observed is kept", async () => {
  await stack.set({ observability: { profile: "off" } });
  await stack.up();
  const services = (await stack.containers()).map(({ Config }) => Config.Labels["slipway.service"]);
  expect(services.sort()).toEqual([
    ...["backend", "backup", "drill", "frontend", "migration", "postgres", "proxy", "redis"],
  ]);
  expect((await (await stack.client()).get("/health")).status).toBe(200);
  const volumes = await docker("volume", "ls", "--quiet", "--filter", "label=slipway.stack=observability");
  expect(volumes).toContain("clubhouse-observability-prometheus");
  await stack.up("--expect-no-changes");
});
