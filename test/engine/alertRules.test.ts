import { expect, it } from "vitest";
import { alertGroups } from "../../lib/observability/alerts";
import { profiles } from "../../lib/observability/profiles";
import { alertCases } from "./support/alertRules/cases";
import { observedShop } from "./support/alertRules/observed";
import { alertRules, promtool, testFiles } from "./support/alertRules/promtool";

const groups = alertGroups(observedShop());

it.each(profiles.filter((profile) => profile !== "off"))(
  "are understood by Prometheus: %s",
  async (profile) => {
    const rules = { groups: alertGroups(observedShop({}, profile)) };
    const { passed, said } = await promtool(["check", "rules", "rules.yml"], { "rules.yml": rules });
    expect(passed, said).toBe(true);
  },
);

it("fire when they should, and not just below", async () => {
  const files = testFiles(groups, alertCases);
  const tests = Object.keys(files).filter((name) => name.endsWith(".tests.yml"));
  const { passed, said } = await promtool(["test", "rules", ...tests], files);
  expect(passed, said).toBe(true);
});

it("are all tried, both ways", () => {
  const names = [...alertRules(groups).keys()];
  const fired = new Set(alertCases.filter(({ fires }) => fires.length > 0).map(({ alert }) => alert));
  const silent = new Set(alertCases.filter(({ fires }) => fires.length === 0).map(({ alert }) => alert));
  expect(names.filter((name) => !fired.has(name))).toEqual([]);
  // One always fires.
  expect(names.filter((name) => !silent.has(name))).toEqual(["Watchdog"]);
});
