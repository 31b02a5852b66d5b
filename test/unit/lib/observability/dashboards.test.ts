import { parser as logql } from "@grafana/lezer-logql";
import { describe, expect, it } from "vitest";
import { alertGroups } from "../../../../lib/observability/alerts";
import { dashboards, panelQueries } from "../../../../lib/observability/dashboards";
import type { Observed } from "../../../../lib/observability/observed";
import type { PartName } from "../../../../lib/observability/parts";
import { type Profile, partsOf } from "../../../../lib/observability/profiles";
import { promqlProblem } from "../../../../lib/observability/promql";
import { observedSystem } from "./alertingObserved";
import { everything, panel, panels, plainSystem } from "./dashboardPanels";

/** What a metric of this name comes from. */
const sources: readonly (readonly [metric: RegExp, part: PartName])[] = [
  [/\bnode_/, "nodeExporter"],
  [/\bpg_/, "postgresExporter"],
  [/\bredis_/, "redisExporter"],
  [/\bprobe_/, "blackboxExporter"],
  [/\bcontainer_(?:cpu|memory|network|blockio)_/, "collector"],
  [/\bslipway_(?:container|guardian)_/, "guardian"],
];

const systems: Readonly<Record<string, Observed>> = {
  full: observedSystem(),
  noTraces: observedSystem({}, "noTraces"),
  metricsOnly: observedSystem({}, "metricsOnly"),
  "external Postgres": observedSystem({ parts: partsOf("full", { externalPostgres: true }) }),
  "without encryption": plainSystem,
  "without routes": observedSystem({ routes: [] }),
  "without backups": observedSystem({ backups: undefined }),
  "backups without a database": observedSystem({
    backups: { repositories: ["local"], database: false, pitr: false },
  }),
};

function without(part: PartName): Observed {
  const observed = observedSystem();
  return { ...observed, parts: observed.parts.filter((name) => name !== part) };
}

function uids(observed: Observed): (string | undefined)[] {
  return dashboards(observed).map(({ uid }) => uid);
}

function expressions(observed: Observed): string[] {
  return panelQueries(dashboards(observed)).map(({ expr }) => expr);
}

function logqlProblem(expression: string): string | undefined {
  let problem: string | undefined;
  logql.parse(expression).iterate({
    enter({ type, from }) {
      if (type.isError) problem ??= `${expression.slice(from)}, character ${from + 1}`;
    },
  });
  return problem;
}

describe("which there are", () => {
  it("depends on what runs", () => {
    expect(uids(observedSystem())).toEqual([
      "slipway-overview",
      "slipway-host",
      "slipway-containers",
      "slipway-postgres",
      "slipway-redis",
      "slipway-proxy",
      "slipway-logs",
      "slipway-backups",
    ]);
    expect(uids(observedSystem({}, "metricsOnly"))).not.toContain("slipway-logs");
    expect(uids(systems["external Postgres"] ?? observedSystem())).not.toContain("slipway-postgres");
    expect(dashboards(observedSystem({}, "off"))).toEqual([]);
  });

  it("has all that alerts link to", () => {
    for (const observed of Object.values(systems)) {
      const linked = alertGroups(observed)
        .flatMap(({ rules }) => rules)
        .flatMap((rule) => ("alert" in rule ? [rule.annotations.dashboard_url] : []));
      expect(linked.length).toBeGreaterThan(0);
      const there = uids(observed).map((uid) => `${observed.grafanaUrl}/d/${uid}`);
      for (const url of new Set(linked)) expect(there).toContain(url);
    }
  });

  it.each(sources)("asks for no %s while %s doesn't run", (metric, part) => {
    expect(JSON.stringify(dashboards(without(part)))).not.toMatch(metric);
  });

  it.each<[string, Observed["backups"], RegExp]>([
    ["backups", undefined, /slipway_backup_|slipway_drill_|slipway-backups|Last backup/],
    ["a drill", { repositories: ["local"], database: false, pitr: false }, /slipway_drill_/],
    ["a shipped log", { repositories: ["local"], database: true, pitr: false }, /slipway_(?:wal|base)_|pitr/],
  ])("asks for nothing of %s where there is none", (_, backups, metrics) => {
    expect(JSON.stringify(dashboards(observedSystem()))).toMatch(metrics);
    expect(JSON.stringify(dashboards(observedSystem({ backups })))).not.toMatch(metrics);
  });

  it("neither asks for logs nor links to them without Loki", () => {
    expect(JSON.stringify(dashboards(without("loki")))).not.toMatch(/"uid":"loki"|slipway-logs/);
  });

  it("leads from what a service uses to its logs, where there are logs", () => {
    const shown = (profile: Profile) =>
      panel("containers", "Memory of the limit", observedSystem({}, profile))?.fieldConfig.defaults.links;
    expect(shown("full")).toMatchObject([{ url: expect.stringContaining("/d/slipway-logs?var-service=") }]);
    expect(shown("metricsOnly")).toBeUndefined();
  });

  it("asks each source of metrics for something", () => {
    const text = expressions(observedSystem()).join("\n");
    for (const [metric] of sources) expect(text).toMatch(metric);
  });
});

describe.each(Object.entries(systems))("with %s", (_name, observed) => {
  const all = dashboards(observed);

  it("each dashboard has a uid and a title of its own", () => {
    expect(new Set(all.map(({ uid }) => uid)).size).toBe(all.length);
    expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
    for (const { uid } of all) expect(uid).toMatch(/^slipway-[a-z]+$/);
  });

  it("each panel has a number, a title, a unit, a query and a source that runs", () => {
    for (const dashboard of all) {
      const ids = everything(dashboard).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const titles = panels(dashboard).map(({ title }) => title);
      expect(titles).toEqual([...new Set(titles)]);
      for (const { title, fieldConfig, datasource, targets } of panels(dashboard)) {
        expect(title).not.toBe("");
        expect(fieldConfig.defaults.unit, title).not.toBe("");
        expect(observed.parts, title).toContain(datasource.uid);
        expect(targets.length, title).toBeGreaterThan(0);
        for (const target of targets) expect(target.datasource, title).toEqual(datasource);
        expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length);
      }
    }
  });

  it("panels lie within 24 columns, and none on another", () => {
    for (const dashboard of all) {
      const cells = everything(dashboard).flatMap(({ gridPos }) => {
        const { x, y, w, h } = gridPos ?? { x: 0, y: 0, w: 0, h: 0 };
        expect(w * h).toBeGreaterThan(0);
        expect([x >= 0, x + w <= 24]).toEqual([true, true]);
        return Array.from(
          { length: w * h },
          (_cell, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`,
        );
      });
      expect(new Set(cells).size, dashboard.uid).toBe(cells.length);
    }
  });

  it("every query parses, without a variable left in it", () => {
    const queries = panelQueries(all);
    expect(queries.length).toBeGreaterThan(50);
    for (const { dashboard, panel: title, datasource, expr } of queries) {
      const problem = datasource === "loki" ? logqlProblem(expr) : promqlProblem(expr);
      expect(problem, `${dashboard}, ${title}: ${expr}`).toBeUndefined();
      expect(expr).not.toMatch(/\$(?![1-9])/);
    }
  });

  it("the marks of releases parse", () => {
    for (const { expr } of all.flatMap(({ annotations }) => annotations.list ?? [])) {
      expect(promqlProblem(expr ?? "")).toBeUndefined();
    }
  });

  it("the text is the same each time, and small", () => {
    const again = dashboards(structuredClone(observed));
    for (const [index, dashboard] of all.entries()) {
      const text = JSON.stringify(dashboard);
      expect(text).toBe(JSON.stringify(again[index]));
      expect(text.length).toBeLessThan(200_000);
      expect(JSON.parse(text)).toEqual(dashboard);
    }
  });

  it("every dashboard follows the browser's time, looks again every 30 s and links to the others", () => {
    for (const { timezone, refresh, links = [], tags = [] } of all) {
      expect({ timezone, refresh }).toEqual({ timezone: "browser", refresh: "30s" });
      expect(tags).toContain(links.find(({ type }) => type === "dashboards")?.tags[0]);
    }
  });
});
