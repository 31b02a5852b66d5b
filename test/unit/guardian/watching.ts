import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { Engine } from "../../../images/guardian/engine.mjs";
import { Guard } from "../../../images/guardian/guard.mjs";
import { type FakeContainer, FakeEngine } from "./fakeEngine";

/** What the tests of the guard share: each has an engine and a guard of its own. */

export const settings = {
  ...{ system: "shop", stack: "test" },
  ...{ grace: 300, limit: 2, window: 60_000, uptime: 600_000, except: ["postgres"] },
};

export let engine: FakeEngine;
export let guard: Guard;
export let log: string[];
export let stopped: AbortController;
export let ended: Promise<void>;

beforeEach(async () => {
  engine = await FakeEngine.start();
});

afterEach(async () => {
  stopped?.abort();
  await ended;
  await engine.remove();
});

export async function watch(changes: Partial<typeof settings> = {}, self = "none"): Promise<void> {
  log = [];
  stopped = new AbortController();
  const say = (level: string, message: string) => void log.push(`${level}: ${message}`);
  guard = new Guard(new Engine(engine.socketPath), { ...settings, ...changes }, { log: say, self });
  ended = guard.run(stopped.signal);
  await vi.waitFor(() => expect(log.join()).toContain("watching"), patience);
}

export const patience = { timeout: 10_000, interval: 20 };

export function known({ Id }: FakeContainer) {
  return guard.containers.byId.get(Id);
}

/** Long enough for what would be due. */
export const wait = () => sleep(settings.grace + 1_200);

export const restarted = (...containers: readonly FakeContainer[]) =>
  vi.waitFor(() => expect(engine.restarts).toEqual(containers.map(({ Id }) => Id)), patience);
