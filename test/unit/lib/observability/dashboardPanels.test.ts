import { describe, expect, it } from "vitest";
import { dashboards, panelQueries } from "../../../../lib/observability/dashboards";
import type { Observed } from "../../../../lib/observability/observed";
import { observedSystem } from "./alertingObserved";
import { panel, plainSystem } from "./dashboardPanels";

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
    ["backups", "Last backup", { backupAge: 30 }, 30 * 3600],
    ["backups", "Last drill", { backupAge: 30 }, 60 * 3600],
    ["overview", "Last backup", { backupAge: 30 }, 30 * 3600],
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
    expect(panel("proxy", "Requests by host", plainSystem)?.targets[0]?.expr).toContain(
      '{handler="subroute"}',
    );
    expect(panel("proxy", "Certificates", plainSystem)).toBeUndefined();
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
