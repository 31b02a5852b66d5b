import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { type FakeContainer, fakeContainer, startedAgo } from "./fakeEngine";
import { engine, known, log, patience, restarted, settings, wait, watch } from "./watching";

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
