import { describe, expect, test } from "vitest";
import { Containers } from "../../../images/guardian/containers.mjs";
import { readSettings } from "../../../images/guardian/settings.mjs";
import { fakeContainer } from "./fakeEngine";

const settings = readSettings({ SLIPWAY_SYSTEM: "shop", SLIPWAY_STACK: "test" });
const start = Date.parse("2026-11-21T12:00:00.5Z");

/** A backend that was started then. */
function known() {
  const containers = new Containers(settings);
  const inspection = fakeContainer("backend");
  inspection.State.StartedAt = new Date(start).toISOString();
  containers.apply(inspection, start);
  const container = containers.byId.get(inspection.Id);
  if (container === undefined) throw new Error("the container isn't known");
  return { containers, inspection, container };
}

describe("a stop", () => {
  test("is known to last for its stop timeout and a minute", () => {
    const { containers, inspection, container } = known();
    containers.note(inspection.Id, "kill", { signal: "15" }, start + 1_000);
    expect(container.stoppingUntil).toBe(start + 1_000 + 30_000 + 60_000);
  });

  test("that the engine tells of after the next start is over", () => {
    const { containers, inspection, container } = known();
    containers.note(inspection.Id, "kill", { signal: "15" }, start - 5);
    expect(container.stoppingUntil).toBe(0);
  });

  test.each(["1", "10", "12", undefined])("isn't what signal %s is", (signal) => {
    const { containers, inspection, container } = known();
    containers.note(inspection.Id, "kill", signal === undefined ? {} : { signal }, start + 1_000);
    expect(container.stoppingUntil).toBe(0);
  });
});

test("an unhealthy time begins once, and ends with a restart, a pause or a stop", () => {
  const { containers, inspection, container } = known();
  inspection.State.Health = { Status: "unhealthy", Log: [] };
  containers.apply(inspection, start + 1_000);
  containers.apply(inspection, start + 2_000);
  expect(container.unhealthySince).toBe(start + 1_000);
  inspection.State.Paused = true;
  containers.apply(inspection, start + 3_000);
  expect(container.unhealthySince).toBeUndefined();
  inspection.State.Paused = false;
  containers.apply(inspection, start + 4_000);
  inspection.State.StartedAt = new Date(start + 5_000).toISOString();
  containers.apply(inspection, start + 6_000);
  expect(container.unhealthySince).toBe(start + 6_000);
  Object.assign(inspection.State, { Running: false, Status: "exited" });
  containers.apply(inspection, start + 7_000);
  expect(container.unhealthySince).toBeUndefined();
});

test("one between two attempts of the engine to start it doesn't run", () => {
  const { containers, inspection, container } = known();
  Object.assign(inspection.State, { Running: true, Restarting: true, Status: "restarting" });
  containers.apply(inspection, start);
  expect(container.running).toBe(false);
});
