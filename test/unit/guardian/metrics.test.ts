import { expect, test } from "vitest";
import { Containers } from "../../../images/guardian/containers.mjs";
import { metricsText } from "../../../images/guardian/metrics.mjs";
import { readSettings } from "../../../images/guardian/settings.mjs";
import { fakeContainer } from "./fakeEngine";

const settings = readSettings({ SLIPWAY_SYSTEM: "shop", SLIPWAY_STACK: "test" });

/** Lines of values only. */
function values(text: string): string[] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

test("each container has its state and its counters", () => {
  const containers = new Containers(settings);
  const backend = { ...fakeContainer("backend"), Name: "/backend-0" };
  backend.State.StartedAt = "2026-11-21T12:00:00.5Z";
  const proxy = { ...fakeContainer("proxy"), Name: "/proxy" };
  delete proxy.State.Health;
  Object.assign(proxy.State, { StartedAt: "0001-01-01T00:00:00Z", Running: false, Status: "created" });
  containers.apply(proxy, 0);
  containers.apply(backend, 0);
  containers.note(backend.Id, "oom", {}, 0);
  backend.State.StartedAt = "2026-11-21T13:00:00.5Z";
  containers.apply(backend, 0);
  const labels = '{service="backend",release="1.0.0",container="backend-0"}';
  const others = '{service="proxy",release="1.0.0",container="proxy"}';
  expect(values(metricsText(containers.sorted(), true))).toEqual([
    "slipway_guardian_engine_up 1",
    `slipway_container_running${labels} 1`,
    `slipway_container_running${others} 0`,
    `slipway_container_healthy${labels} 1`,
    `slipway_container_restarts_total${labels} 1`,
    `slipway_container_restarts_total${others} 0`,
    `slipway_container_oom_kills_total${labels} 1`,
    `slipway_container_oom_kills_total${others} 0`,
    `slipway_container_heals_total${labels} 0`,
    `slipway_container_heals_total${others} 0`,
    `slipway_container_given_up${labels} 0`,
    `slipway_container_given_up${others} 0`,
    `slipway_container_start_time_seconds${labels} ${Date.parse("2026-11-21T13:00:00.5Z") / 1000}`,
  ]);
});

test("a first start is no restart", () => {
  const containers = new Containers(settings);
  const backend = fakeContainer("backend");
  backend.State.StartedAt = "0001-01-01T00:00:00Z";
  containers.apply(backend, 0);
  backend.State.StartedAt = "2026-11-21T12:00:00Z";
  containers.apply(backend, 0);
  expect(containers.byId.get(backend.Id)?.restarts).toBe(0);
});

test("every metric says what it is, and an odd name breaks no line", () => {
  const containers = new Containers(settings);
  const odd = { ...fakeContainer("backend"), Name: '/a"b\\c\nd' };
  containers.apply(odd, 0);
  const text = metricsText(containers.sorted(), false);
  expect(text).toContain('container="a\\"b\\\\c\\nd"} 1\n');
  for (const line of values(text)) {
    const name = /^\w+/.exec(line)?.[0];
    expect(text).toMatch(new RegExp(`^# HELP ${name} \\S.*\n# TYPE ${name} (gauge|counter)$`, "m"));
  }
});

test("the settings have defaults, and say what is wrong with them", () => {
  expect(settings).toEqual({
    ...{ system: "shop", stack: "test", grace: 10_000, limit: 3, window: 3_600_000, uptime: 600_000 },
    except: ["postgres"],
  });
  const labels = { SLIPWAY_SYSTEM: "shop", SLIPWAY_STACK: "test" };
  expect(readSettings({ ...labels, SLIPWAY_HEAL_LIMIT: "0", SLIPWAY_HEAL_EXCEPT: "" })).toMatchObject({
    ...{ limit: 0, except: [] },
  });
  expect(readSettings({ ...labels, SLIPWAY_HEAL_EXCEPT: "a, b" }).except).toEqual(["a", "b"]);
  expect(() => readSettings({ ...labels, SLIPWAY_STACK: "" })).toThrow("SLIPWAY_STACK is not set");
  expect(() => readSettings({ ...labels, SLIPWAY_HEAL_GRACE: "10s" })).toThrow(
    'SLIPWAY_HEAL_GRACE is "10s": allowed is a whole number from 0 to 999999',
  );
});
