import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { grafanaEnvironment, grafanaFiles } from "../../../../lib/observability/grafana";
import type { Observed } from "../../../../lib/observability/observed";
import { observedSystem } from "./alertingObserved";

interface Source {
  readonly uid: string;
  readonly name: string;
  readonly isDefault: boolean;
  readonly jsonData: Record<string, unknown>;
}

function provisioned(observed: Observed) {
  const file = grafanaFiles(observed, [])["provisioning/datasources/slipway.yaml"] ?? "";
  return parse(file) as { datasources: Source[]; deleteDatasources: { name: string }[] };
}

function options(uid: string, observed = observedSystem()) {
  return provisioned(observed).datasources.find((source) => source.uid === uid)?.jsonData;
}

describe("data sources", () => {
  it.each([
    ["full", ["prometheus", "loki", "tempo", "alertmanager"], []],
    ["noTraces", ["prometheus", "loki", "alertmanager"], ["Tempo"]],
    ["metricsOnly", ["prometheus", "alertmanager"], ["Loki", "Tempo"]],
  ] as const)(
    "of %s are the parts that run; what another profile had is taken away",
    (profile, uids, gone) => {
      const { datasources, deleteDatasources } = provisioned(observedSystem({}, profile));
      expect(datasources.map(({ uid }) => uid)).toEqual(uids);
      expect(deleteDatasources.map(({ name }) => name)).toEqual(gone);
      expect(datasources.filter(({ isDefault }) => isDefault).map(({ uid }) => uid)).toEqual(["prometheus"]);
    },
  );

  it("lead from traces to logs and metrics, and back", () => {
    expect(options("tempo")).toMatchObject({
      tracesToLogsV2: {
        datasourceUid: "loki",
        customQuery: true,
        query: '{system="clubhouse", stack="production"} | trace_id="$${__trace.traceId}"',
      },
      tracesToMetrics: { datasourceUid: "prometheus" },
      serviceMap: { datasourceUid: "prometheus" },
    });
    expect(options("loki")?.derivedFields).toEqual([
      expect.objectContaining({ matcherType: "label", url: "$${__value.raw}", datasourceUid: "tempo" }),
    ]);
    expect(options("prometheus")?.exemplarTraceIdDestinations).toEqual([
      { name: "traceID", datasourceUid: "tempo" },
      { name: "trace_id", datasourceUid: "tempo" },
    ]);
  });

  it.each(["full", "noTraces", "metricsOnly"] as const)("of %s lead nowhere that isn't", (profile) => {
    const { datasources } = provisioned(observedSystem({}, profile));
    const uids = datasources.map(({ uid }) => uid);
    const targets = JSON.stringify(datasources).matchAll(/"(?:datasourceUid|alertmanagerUid)":"([^"]+)"/g);
    for (const [, target] of targets) expect(uids).toContain(target);
  });

  it("have every $ doubled, which Grafana would read as a variable", () => {
    const text = grafanaFiles(observedSystem(), [])["provisioning/datasources/slipway.yaml"] ?? "";
    expect(text).toContain("$$__tags");
    expect(text.replaceAll("$$", "")).not.toContain("$");
  });
});

describe("dashboards", () => {
  it("are files by their uid, which people can't change or delete", () => {
    const files = grafanaFiles(observedSystem(), [{ uid: "overview", title: "Overview" } as { uid: string }]);
    expect(JSON.parse(files["dashboards/overview.json"] ?? "")).toEqual({
      uid: "overview",
      title: "Overview",
    });
    expect(parse(files["provisioning/dashboards/slipway.yaml"] ?? "").providers).toEqual([
      expect.objectContaining({
        type: "file",
        allowUiUpdates: false,
        disableDeletion: false,
        updateIntervalSeconds: 10,
        options: { path: "/etc/grafana/dashboards" },
      }),
    ]);
  });

  it.each([undefined, "", "../overview", "a b"])("with the uid %j are refused", (uid) => {
    expect(() => grafanaFiles(observedSystem(), [{ uid }])).toThrow(`its uid is "${uid}"`);
  });
});

describe("environment", () => {
  it("lets nobody in without a login, and asks nothing of the internet", () => {
    expect(grafanaEnvironment(observedSystem())).toMatchObject({
      GF_SERVER_ROOT_URL: "https://grafana.example.com/",
      GF_SERVER_ENABLE_GZIP: "false",
      GF_SECURITY_ADMIN_USER: "admin",
      GF_SECURITY_ADMIN_PASSWORD__FILE: "/run/secrets/grafana/admin-password",
      GF_AUTH_ANONYMOUS_ENABLED: "false",
      GF_USERS_ALLOW_SIGN_UP: "false",
      GF_ANALYTICS_REPORTING_ENABLED: "false",
      GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
      GF_NEWS_NEWS_FEED_ENABLED: "false",
      GF_SECURITY_DISABLE_GRAVATAR: "true",
      GF_PLUGINS_PREINSTALL_DISABLED: "true",
      GF_LOG_MODE: "console",
    });
  });

  it.each([
    ["https://grafana.example.com", "true"],
    ["http://grafana.lan:8080", "false"],
  ])("of %s has secure cookies: %s", (grafanaUrl, secure) => {
    const environment = grafanaEnvironment(observedSystem({ grafanaUrl }));
    expect(environment.GF_SECURITY_COOKIE_SECURE).toBe(secure);
    expect(environment.GF_SERVER_ROOT_URL).toBe(`${grafanaUrl}/`);
  });

  it("has no secret", () => {
    const names = Object.keys(grafanaEnvironment(observedSystem()));
    expect(names.filter((name) => /PASSWORD|SECRET/.test(name))).toEqual([
      "GF_SECURITY_ADMIN_PASSWORD__FILE",
    ]);
  });
});
