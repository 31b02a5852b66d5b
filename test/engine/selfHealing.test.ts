import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { containersOf, docker } from "./harness/engine";
import { canary, GuardianLab, names } from "./support/guardianLab";

/** Restarts of a container, fewer than in production. */
const limit = 2;
const patience = 60_000;

let lab: GuardianLab;

beforeAll(async () => {
  lab = await GuardianLab.open({ SLIPWAY_HEAL_GRACE: "2", SLIPWAY_HEAL_LIMIT: String(limit) });
});

afterAll(() => lab?.close());

async function eventually(check: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(250);
    }
  }
}

async function startedAt(name: string): Promise<string> {
  return docker("container", "inspect", "--format", "{{.State.StartedAt}}", name);
}

describe("a container that becomes unhealthy", () => {
  let others: Readonly<Record<string, string>>;

  beforeAll(async () => {
    await lab.run(names.patient, "patient", lab.patient(false));
    await lab.run(names.newcomer, "newcomer", lab.patient(true));
    await lab.run(names.stranger, "patient", lab.patient(true), "slipway-healing-other");
    await eventually(async () =>
      expect(await lab.metrics("patient")).toMatchObject({ running: 1, healthy: 1 }),
    );
    others = {
      newcomer: await startedAt(names.newcomer),
      stranger: await startedAt(names.stranger),
      guardian: await startedAt(names.guardian),
    };
    await docker("exec", names.patient, "touch", "/tmp/sick");
  });

  test("is restarted, counted, and given up at the limit", async () => {
    await eventually(async () => expect(await lab.metrics("patient")).toMatchObject({ heals_total: 1 }));
    await eventually(async () => {
      expect(await lab.metrics("patient")).toMatchObject({
        ...{ heals_total: limit, restarts_total: limit, given_up: 1, running: 1, healthy: 0 },
      });
    });
    const before = await startedAt(names.patient);
    await sleep(8_000);
    expect(await startedAt(names.patient)).toBe(before);
    const log = await lab.guardianLog();
    expect(log.filter(({ container }) => container === names.patient).map(({ level }) => level)).toEqual([
      ...["warn", "info", "warn", "info", "error"],
    ]);
  });

  test("is no longer given up when it has become healthy by itself", async () => {
    await docker("exec", names.patient, "rm", "/tmp/sick");
    await eventually(async () => {
      expect(await lab.metrics("patient")).toMatchObject({ given_up: 0, healthy: 1, heals_total: limit });
    });
  });

  test("is the only one: neither what was never healthy, nor another stack's, nor the guardian restarts", async () => {
    expect(await lab.metrics("newcomer")).toMatchObject({
      running: 1,
      healthy: 0,
      heals_total: 0,
      given_up: 0,
    });
    expect({
      newcomer: await startedAt(names.newcomer),
      stranger: await startedAt(names.stranger),
      guardian: await startedAt(names.guardian),
    }).toEqual(others);
  });
});

test("a container that the kernel kills for want of memory is counted", async () => {
  const memory = ["--memory", "16m", "--memory-swap", "16m"];
  const eats = ["--entrypoint", "sh", lab.image, "-c", "sleep 1; tail /dev/zero"];
  await lab.run(names.hungry, "hungry", [...memory, ...eats]);
  await eventually(async () => {
    const { oom_kills_total = 0, restarts_total = 0, healthy } = await lab.metrics("hungry");
    expect(oom_kills_total).toBeGreaterThanOrEqual(1);
    expect(restarts_total).toBeGreaterThanOrEqual(1);
    expect(healthy).toBeUndefined();
  });
  await docker("container", "rm", "--force", names.hungry);
  await eventually(async () => expect(await lab.metrics("hungry")).toEqual({}));
});

describe("the gate to the engine", () => {
  test("lists the containers of its stack only", async () => {
    const listed = await lab.throughGate("container", "ls", "--all", "--format", "{{.Names}}");
    expect(listed.split("\n").sort()).toEqual([names.guardian, names.newcomer, names.patient].sort());
  });

  test("shows statistics", async () => {
    const format = ["--format", "{{.Name}} {{.MemUsage}}"];
    const lines = (await lab.throughGate("stats", "--no-stream", ...format)).split("\n");
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^slipway-healing-\w+ [0-9.]+[KM]iB \/ /);
  });

  test("shows no secret", async () => {
    const inspected = await lab.throughGate("container", "inspect", names.patient, names.guardian);
    expect(JSON.parse(inspected).map(({ Config }: { Config: { Env: unknown } }) => Config.Env)).toEqual([
      [],
      [],
    ]);
    const listed = await lab.throughGate("container", "ls", "--all", "--no-trunc", "--format", "{{json .}}");
    const past = ["--since", "10m", "--until", String(Math.floor(Date.now() / 1000))];
    const events = await lab.throughGate("events", ...past, "--format", "{{json .}}");
    expect(events).toContain("health_status");
    expect([inspected, listed, events].filter((text) => text.includes(canary))).toEqual([]);
    // They are there to be found.
    expect(await docker("container", "inspect", names.patient)).toContain(canary);
  });

  test.each([
    ["create", ["container", "create", "alpine"]],
    ["run", ["container", "run", "--pull", "never", "--volume", "/:/host", "alpine"]],
    ["exec", ["exec", names.patient, "true"]],
    ["restart", ["container", "restart", names.patient]],
    ["stop", ["container", "stop", names.patient]],
    ["kill", ["container", "kill", names.patient]],
    ["rm", ["container", "rm", "--force", names.patient]],
    ["logs", ["container", "logs", names.patient]],
    ["cp", ["container", "cp", `${names.patient}:/etc/passwd`, "-"]],
    ["volumes", ["volume", "ls"]],
    ["images", ["image", "ls"]],
  ])("refuses %s", async (_, args) => {
    const before = await startedAt(names.patient);
    expect(await lab.throughGate(...args)).toContain("The gate to the engine lets through GET of");
    expect(await startedAt(names.patient)).toBe(before);
  });

  test("knows no container of another stack", async () => {
    expect(await lab.throughGate("container", "inspect", names.stranger)).toContain("No such container");
    expect(await lab.throughGate("stats", "--no-stream", names.stranger)).toContain("No such container");
  });
});

test("the guardian is healthy, small, and ends at once", async () => {
  const guardian = (await containersOf(lab.stack)).find(({ Name }) => Name === `/${names.guardian}`);
  expect(guardian?.State.Health?.Status).toBe("healthy");
  expect(guardian?.RestartCount).toBe(0);
  const largest = "grep -h VmRSS /proc/[0-9]*/status | sort -k 2n | tail -n 1";
  const rss = await docker("exec", names.guardian, "sh", "-c", largest);
  const mebibytes = Number(/\d+/.exec(rss)?.[0]) / 1024;
  console.log(`The guardian has ${mebibytes.toFixed(0)} MiB resident`);
  expect(mebibytes).toBeLessThan(80);
  const before = Date.now();
  await docker("container", "stop", names.guardian);
  expect(Date.now() - before).toBeLessThan(5_000);
  const state = await docker("container", "inspect", "--format", "{{.State.ExitCode}}", names.guardian);
  expect(state).toBe("0");
});
