import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Engine } from "../../../images/guardian/engine.mjs";
import { Guard } from "../../../images/guardian/guard.mjs";
import { type FakeContainer, FakeEngine, fakeContainer, startedAgo } from "./fakeEngine";

const settings = {
  ...{ system: "shop", stack: "test" },
  ...{ grace: 300, limit: 2, window: 60_000, uptime: 600_000, except: ["postgres"] },
};

let engine: FakeEngine;
let guard: Guard;
let log: string[];
let stopped: AbortController;
let ended: Promise<void>;

beforeEach(async () => {
  engine = await FakeEngine.start();
});

afterEach(async () => {
  stopped?.abort();
  await ended;
  await engine.remove();
});

async function watch(changes: Partial<typeof settings> = {}, self = "none"): Promise<void> {
  log = [];
  stopped = new AbortController();
  const say = (level: string, message: string) => void log.push(`${level}: ${message}`);
  guard = new Guard(new Engine(engine.socketPath), { ...settings, ...changes }, { log: say, self });
  ended = guard.run(stopped.signal);
  await vi.waitFor(() => expect(log.join()).toContain("watching"), patience);
}

const patience = { timeout: 10_000, interval: 20 };

function known({ Id }: FakeContainer) {
  return guard.containers.byId.get(Id);
}

/** Long enough for what would be due. */
const wait = () => sleep(settings.grace + 1_200);

const restarted = (...containers: readonly FakeContainer[]) =>
  vi.waitFor(() => expect(engine.restarts).toEqual(containers.map(({ Id }) => Id)), patience);

describe("a container that was healthy", () => {
  test("is restarted once it has been unhealthy for the grace", async () => {
    const backend = engine.add(fakeContainer("backend"));
    await watch();
    const before = Date.now();
    engine.setHealth(backend, "unhealthy");
    await restarted(backend);
    expect(Date.now() - before).toBeGreaterThanOrEqual(settings.grace);
    await vi.waitFor(() =>
      expect(known(backend)).toMatchObject({ heals: 1, restarts: 1, health: "starting" }),
    );
    expect(log).toContain("warn: unhealthy: restarts it, attempt 1 of 2");
    expect(engine.requests).toContain(`POST /containers/${backend.Id}/restart`);
  });

  test("is left alone when it recovers within the grace", async () => {
    const backend = engine.add(fakeContainer("backend"));
    await watch();
    engine.setHealth(backend, "unhealthy");
    await sleep(100);
    engine.setHealth(backend, "healthy");
    await wait();
    expect(engine.restarts).toEqual([]);
  });

  test("is given up at the limit, until it is healthy and the window has passed", async () => {
    const backend = engine.add(fakeContainer("backend"));
    engine.healthAfterRestart = "unhealthy";
    await watch({ window: 6_000 });
    engine.setHealth(backend, "unhealthy");
    await restarted(backend, backend);
    await vi.waitFor(() => expect(known(backend)?.givenUp).toBe(true), patience);
    expect(log.filter((line) => line.startsWith("error: given up"))).toHaveLength(1);
    // The window passes, and it is still unhealthy.
    await sleep(6_500);
    expect(engine.restarts).toHaveLength(2);
    engine.setHealth(backend, "healthy");
    await vi.waitFor(() => expect(known(backend)?.givenUp).toBe(false), patience);
    engine.setHealth(backend, "unhealthy");
    await restarted(backend, backend, backend);
  });

  test("that can't be restarted is tried again after the grace, within the limit", async () => {
    const backend = engine.add(fakeContainer("backend"));
    engine.restartError = "driver failed programming external connectivity";
    await watch();
    Object.assign(backend.State, { Running: true });
    engine.setHealth(backend, "unhealthy");
    await vi.waitFor(() => expect(engine.restarts).toHaveLength(1), patience);
    // The engine stopped it, and didn't get it up again.
    Object.assign(backend.State, { Running: false, Status: "exited" });
    engine.emit(backend, "die");
    await vi.waitFor(() => expect(known(backend)?.givenUp).toBe(true), patience);
    expect(engine.restarts).toHaveLength(2);
    expect(known(backend)).toMatchObject({ heals: 0, restarts: 0 });
    expect(log).toContain("error: could not be restarted: driver failed programming external connectivity");
  });

  test("waits for the other of its service to come back", async () => {
    const [first, second] = [engine.add(fakeContainer("backend")), engine.add(fakeContainer("backend"))];
    await watch();
    engine.setHealth(first, "unhealthy");
    engine.setHealth(second, "unhealthy");
    await restarted(first);
    await wait();
    expect(engine.restarts).toEqual([first.Id]);
    engine.setHealth(first, "healthy");
    await restarted(first, second);
  });
});

describe("is never restarted", () => {
  const uneasy = { Health: { Status: "unhealthy", Log: [] } };
  const cases: Readonly<Record<string, () => FakeContainer>> = {
    "one of another stack": () => {
      const container = fakeContainer("backend", uneasy);
      container.Config.Labels["slipway.stack"] = "production";
      return container;
    },
    "one of another system": () => {
      const container = fakeContainer("backend", uneasy);
      container.Config.Labels["slipway.system"] = "blog";
      return container;
    },
    "one without labels": () => {
      const container = fakeContainer("backend", uneasy);
      for (const name of Object.keys(container.Config.Labels)) delete container.Config.Labels[name];
      return container;
    },
    "a one-shot": () => {
      const container = fakeContainer("migration", uneasy);
      container.HostConfig.RestartPolicy = { Name: "no" };
      return container;
    },
    "one without a health check": () => {
      const container = fakeContainer("backend");
      delete container.State.Health;
      return container;
    },
    "a database": () => fakeContainer("postgres", uneasy),
    "a paused one": () => fakeContainer("backend", { ...uneasy, Paused: true }),
    "a stopped one": () => fakeContainer("backend", { ...uneasy, Running: false, Status: "exited" }),
    "a new one that was never healthy": () =>
      fakeContainer("backend", { ...uneasy, StartedAt: startedAgo(120) }),
  };

  test(Object.keys(cases).join(", "), async () => {
    const names = new Map(Object.entries(cases).map(([name, make]) => [engine.add(make()).Id, name]));
    const patient = engine.add(fakeContainer("patient", uneasy));
    names.set(patient.Id, "patient");
    await watch();
    for (const container of engine.containers.values()) {
      engine.emit(container, `health_status: ${container.State.Health?.Status}`);
    }
    // The guardian does its work meanwhile.
    await vi.waitFor(() => expect(engine.restarts).toContain(patient.Id), patience);
    await wait();
    expect(engine.restarts.map((id) => names.get(id))).toEqual(["patient"]);
  });

  test("the guardian itself", async () => {
    const guardian = engine.add(fakeContainer("guardian", uneasy));
    await watch({}, guardian.Id);
    await wait();
    expect(engine.restarts).toEqual([]);
  });

  test.each([
    ["SIGTERM", "15", undefined],
    ["its own signal", "28", "SIGWINCH"],
  ])("one that somebody stops with %s", async (_, signal, StopSignal) => {
    const made = fakeContainer("backend");
    const backend = engine.add({ ...made, Config: { ...made.Config, ...(StopSignal && { StopSignal }) } });
    await watch();
    engine.emit(backend, "kill", { signal });
    engine.setHealth(backend, "unhealthy");
    await wait();
    expect(engine.restarts).toEqual([]);
    // Started again, it is guarded again.
    backend.State.StartedAt = startedAgo(0);
    engine.emit(backend, "start");
    await restarted(backend);
  });
});

test("a signal that reloads it doesn't count as stopping it", async () => {
  const proxy = engine.add(fakeContainer("proxy"));
  await watch();
  engine.emit(proxy, "kill", { signal: "1" });
  engine.setHealth(proxy, "unhealthy");
  await restarted(proxy);
});

test("one that was up long before the guardian counts as healthy before", async () => {
  const backend = engine.add(
    fakeContainer("backend", { Health: { Status: "unhealthy", Log: [] }, StartedAt: startedAgo(601) }),
  );
  await watch();
  await restarted(backend);
});

describe("events", () => {
  test("in pieces, twice and in the wrong order leave a true picture", async () => {
    await watch();
    const backend = fakeContainer("backend");
    const stranger = fakeContainer("backend");
    // Of one that has gone before anybody could look.
    engine.write(
      engine.event(stranger, "start") + engine.event(stranger, "oom") + engine.event(stranger, "destroy"),
    );
    engine.add(backend);
    const text =
      engine.event(backend, "start") + engine.event(backend, "create") + engine.event(backend, "start");
    for (let at = 0; at < text.length; at += 37) {
      engine.write(text.slice(at, at + 37));
      await sleep(1);
    }
    await vi.waitFor(() => expect(known(backend)).toMatchObject({ running: true, restarts: 0 }), patience);
    expect(guard.containers.byId.size).toBe(1);
    backend.State.StartedAt = startedAgo(0);
    engine.write(
      engine.event(backend, "start") + engine.event(backend, "die") + engine.event(backend, "oom"),
    );
    await vi.waitFor(() => expect(known(backend)).toMatchObject({ restarts: 1, oomKills: 1 }), patience);
    engine.containers.delete(backend.Id);
    engine.emit(backend, "destroy");
    await vi.waitFor(() => expect(guard.containers.byId.size).toBe(0), patience);
  });

  test("a new container with the name of an old one takes its place", async () => {
    const old = engine.add(fakeContainer("proxy"));
    await watch();
    const replacement = engine.add({ ...fakeContainer("proxy"), Name: old.Name });
    engine.emit(replacement, "start");
    await vi.waitFor(() => expect(known(replacement)).toBeDefined(), patience);
    expect(known(old)).toBeUndefined();
  });
});

describe("an engine", () => {
  test("that restarts is found again, and what happened meanwhile is seen", async () => {
    const [backend, removed] = [engine.add(fakeContainer("backend")), engine.add(fakeContainer("frontend"))];
    await watch();
    await engine.stop();
    await vi.waitFor(() => expect(guard.engine.up).toBe(false), patience);
    expect(log.some((line) => line.startsWith("warn: lost the engine"))).toBe(true);
    engine.containers.delete(removed.Id);
    backend.State.StartedAt = startedAgo(0);
    backend.State.Health = { Status: "unhealthy", Log: [] };
    await engine.listen();
    await restarted(backend);
    expect(guard.engine.up).toBe(true);
    expect(known(removed)).toBeUndefined();
    await vi.waitFor(() => expect(known(backend)).toMatchObject({ restarts: 2, heals: 1 }), patience);
  });

  test("that is gone isn't asked to restart anything", async () => {
    const backend = engine.add(fakeContainer("backend"));
    await watch();
    engine.setHealth(backend, "unhealthy");
    await vi.waitFor(() => expect(known(backend)?.unhealthySince).toBeDefined(), patience);
    await engine.stop();
    await wait();
    expect(log.filter((line) => line.includes("restart"))).toEqual([]);
    expect(known(backend)?.attempts).toEqual([]);
  });

  test("that hangs is noticed, and followed anew when it answers", async () => {
    const backend = engine.add(fakeContainer("backend"));
    await watch();
    engine.hangs = true;
    await vi.waitFor(() => expect(guard.engine.up).toBe(false), { timeout: 20_000, interval: 100 });
    // Its stream is still there, but nobody relies on it.
    await vi.waitFor(() => expect(engine.following).toBe(0), patience);
    engine.hangs = false;
    await vi.waitFor(() => expect(guard.engine.up).toBe(true), { timeout: 40_000, interval: 100 });
    await vi.waitFor(() => expect(engine.following).toBe(1), patience);
    engine.setHealth(backend, "unhealthy");
    await restarted(backend);
  });
});

test("ends when it is told to, and leaves no connection", async () => {
  await watch();
  stopped.abort();
  await ended;
  await vi.waitFor(() => expect(engine.following).toBe(0), patience);
});
