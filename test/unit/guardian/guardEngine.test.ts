import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { fakeContainer, startedAgo } from "./fakeEngine";
import { ended, engine, guard, known, log, patience, restarted, stopped, wait, watch } from "./watching";

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
