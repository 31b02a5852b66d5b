import { parser as logql } from "@grafana/lezer-logql";
import { describe, expect, it } from "vitest";
import { alertGroups } from "../../../../lib/observability/alerts";
import { type Dashboard, dashboards, panelQueries } from "../../../../lib/observability/dashboards";
import type { PanelJson, RowJson } from "../../../../lib/observability/dashboards/model";
import type { Observed } from "../../../../lib/observability/observed";
import { type PartName, partNames } from "../../../../lib/observability/parts";
import { partsOf } from "../../../../lib/observability/profiles";
import { promqlProblem } from "../../../../lib/observability/promql";
import { observedSystem } from "./alertingObserved";

/** What a metric of this name comes from. */
const sources: readonly (readonly [metric: RegExp, part: PartName])[] = [
  [/\bnode_/, "nodeExporter"],
  [/\bpg_/, "postgresExporter"],
  [/\bredis_/, "redisExporter"],
  [/\bprobe_/, "blackboxExporter"],
  [/\bcontainer_(?:cpu|memory|network|blockio)_/, "collector"],
  [/\bslipway_/, "guardian"],
];

const plain = [{ domain: "app", url: "http://shop.lan:8080/health" }];

const systems: Readonly<Record<string, Observed>> = {
  full: observedSystem(),
  noTraces: observedSystem({}, "noTraces"),
  metricsOnly: observedSystem({}, "metricsOnly"),
  "external Postgres": observedSystem({ parts: partsOf("full", { externalPostgres: true }) }),
  "without encryption": observedSystem({ routes: plain, grafanaUrl: "http://grafana.lan:8080" }),
  "without routes": observedSystem({ routes: [] }),
};

function without(part: PartName): Observed {
  const observed = observedSystem();
  return { ...observed, parts: observed.parts.filter((name) => name !== part) };
}

function uids(observed: Observed): (string | undefined)[] {
  return dashboards(observed).map(({ uid }) => uid);
}

function everything({ panels = [] }: Dashboard): (PanelJson | RowJson)[] {
  return panels as unknown as (PanelJson | RowJson)[];
}

function panels(dashboard: Dashboard): PanelJson[] {
  return everything(dashboard).filter((panel): panel is PanelJson => panel.type !== "row");
}

function panel(uid: string, title: string, observed = observedSystem()): PanelJson | undefined {
  const dashboard = dashboards(observed).find((one) => one.uid === `slipway-${uid}`);
  return dashboard && panels(dashboard).find((one) => one.title === title);
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

  it.each(partNames)("asks nothing of %s while it doesn't run", (part) => {
    const metrics = sources.filter(([, source]) => source === part).map(([metric]) => metric);
    const text = JSON.stringify(dashboards(without(part)));
    for (const metric of metrics) expect(text).not.toMatch(metric);
    if (part === "loki" || part === "tempo") expect(text).not.toContain(`"uid":"${part}"`);
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

  it("panels lie side by side, and none on another", () => {
    for (const dashboard of all) {
      const taken = new Set<string>();
      for (const { title, gridPos } of everything(dashboard)) {
        const { x, y, w, h } = gridPos ?? { x: -1, y: -1, w: 0, h: 0 };
        expect(x, title).toBeGreaterThanOrEqual(0);
        expect(w * h, title).toBeGreaterThan(0);
        expect(x + w, title).toBeLessThanOrEqual(24);
        for (let column = x; column < x + w; column += 1) {
          for (let line = y; line < y + h; line += 1) {
            expect(taken.has(`${column} ${line}`), `${dashboard.uid} ${title}`).toBe(false);
            taken.add(`${column} ${line}`);
          }
        }
      }
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

describe("limits", () => {
  function limitOf(uid: string, title: string, thresholds: Observed["thresholds"]) {
    const shown = panel(uid, title, observedSystem({ thresholds }));
    return shown?.fieldConfig.defaults.thresholds?.steps;
  }

  const { thresholds } = observedSystem();

  it.each([
    ["overview", "Error share by host", { errorRate: 7 }, 7],
    ["overview", "Latency by host", { latency: 1.5 }, 1.5],
    ["overview", "Memory by service", { memory: 66 }, 66],
    ["overview", "CPU by service", { cpu: 55 }, 55],
    ["host", "CPU by use", { cpu: 44 }, 44],
    ["host", "Memory", { memory: 77 }, 77],
    ["containers", "Memory of the limit", { memory: 61 }, 61],
    ["postgres", "Connections", { connections: 42 }, 42],
    ["redis", "Memory of maxmemory", { redisMemory: 33 }, 33],
    ["proxy", "Latency", { latency: 3 }, 3],
  ])("%s, %s: red from the stack's own threshold on", (uid, title, change, limit) => {
    expect(limitOf(uid, title, { ...thresholds, ...change })).toEqual([
      { value: null, color: "green" },
      { value: limit, color: "red" },
    ]);
  });

  it.each([
    ["overview", "Availability over 15 days", { availability: 99 }, 99],
    ["host", "Free space", { disk: 11 }, 11],
    ["proxy", "Certificates", { certificateDays: 9 }, 9],
  ])("%s, %s: red below it", (uid, title, change, limit) => {
    expect(limitOf(uid, title, { ...thresholds, ...change })).toEqual([
      { value: null, color: "red" },
      { value: limit, color: "green" },
    ]);
  });

  it("are lines in graphs that have one, and no lines in those that have none", () => {
    expect(panel("host", "CPU by use")?.fieldConfig.defaults.custom).toMatchObject({
      thresholdsStyle: { mode: "dashed" },
    });
    expect(panel("host", "Load")?.fieldConfig.defaults.custom).toMatchObject({
      thresholdsStyle: { mode: "off" },
    });
  });
});

describe("the objective", () => {
  it("is of 30 days, or of as many as metrics are kept", () => {
    const { retention } = observedSystem();
    const long = observedSystem({ retention: { ...retention, metricsDays: 90 } });
    expect(panel("overview", "Availability over 15 days")).toBeDefined();
    expect(panel("overview", "Availability over 30 days", long)?.targets[0]?.expr).toContain("[30d]");
  });

  it("leaves the budget that it allows", () => {
    const { thresholds } = observedSystem();
    const observed = observedSystem({ thresholds: { ...thresholds, availability: 99.9 } });
    expect(panel("overview", "Error budget left of 15 days", observed)?.targets[0]?.expr).toMatch(
      / \/ 0\.001\)$/,
    );
  });
});

describe("the proxy's requests", () => {
  it("are those of public hosts, counted once", () => {
    expect(panel("proxy", "Requests by host")?.targets[0]?.expr).toContain(
      '{handler="subroute",host!="_other"}',
    );
  });

  it("are everybody's where the proxy can't tell the hosts: plain HTTP on a port of its own", () => {
    const observed = systems["without encryption"];
    expect(panel("proxy", "Requests by host", observed)?.targets[0]?.expr).toContain('{handler="subroute"}');
    expect(panel("proxy", "Certificates", observed)).toBeUndefined();
  });

  it("that failed are 0 while none has", () => {
    expect(panel("proxy", "Errors by host")?.targets[0]?.expr).toContain(" or 0 * sum by (host)");
  });
});

describe("queries without Grafana", () => {
  const queries = panelQueries(dashboards(observedSystem()));

  it("name dashboard, panel and source, and choose everything", () => {
    expect(queries).toContainEqual({
      dashboard: "slipway-logs",
      panel: "Newest lines",
      datasource: "loki",
      expr: '{service=~".+",level=~".+"} |~ "(?i)"',
    });
    expect(queries).toContainEqual({
      dashboard: "slipway-containers",
      panel: "Running",
      datasource: "prometheus",
      expr: 'sum(slipway_container_running{service=~".+"})',
    });
  });

  it("keep what belongs to a regular expression", () => {
    expect(queries.find(({ panel: title }) => title === "Upstreams")?.expr).toContain('"$1"');
  });

  it("tell a variable that no dashboard has", () => {
    const [dashboard] = dashboards(observedSystem());
    const text = JSON.stringify(dashboard).replaceAll(
      "sum(host:requests:rate5m)",
      'sum(up{job=~\\"$job\\"})',
    );
    expect(() => panelQueries([JSON.parse(text)])).toThrow(/\$job in .* is no variable of the dashboard/);
  });
});
