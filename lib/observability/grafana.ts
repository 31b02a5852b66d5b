import type { Observed } from "./observed";
import type { PartName } from "./parts";
import { yamlText } from "./yamlText";

/** A dashboard as Grafana reads it from a file. */
export interface DashboardFile {
  /** Also the name of its file, and the last part of its address. */
  readonly uid?: string | null | undefined;
}

interface Source {
  readonly part: PartName;
  readonly name: string;
  readonly url: string;
  readonly options: object;
}

/** Its administrator. */
export const grafanaAdmin = "admin";

/** Where Grafana's files are; dashboards and provisioning are below. */
const folder = "/etc/grafana";

/** Data sources, dashboards, and where the dashboards are. Keys are paths relative to /etc/grafana. */
export function grafanaFiles(
  observed: Observed,
  dashboards: readonly DashboardFile[],
): Record<string, string> {
  const files = dashboards.map((dashboard) => {
    if (!/^[A-Za-z0-9_-]{1,40}$/.test(dashboard.uid ?? "")) {
      throw new Error(`dashboard: its uid is "${dashboard.uid}", not 1 to 40 letters, digits, - or _`);
    }
    return [`dashboards/${dashboard.uid}.json`, `${JSON.stringify(dashboard, undefined, 2)}\n`] as const;
  });
  return {
    "provisioning/datasources/slipway.yaml": yamlText(dataSources(observed)),
    "provisioning/dashboards/slipway.yaml": yamlText(dashboardProvider()),
    ...Object.fromEntries(files),
  };
}

/** Settings that are no secret, as environment variables. The password is in a file. */
export function grafanaEnvironment({ grafanaUrl }: Observed): Record<string, string> {
  return {
    GF_SERVER_ROOT_URL: `${grafanaUrl.replace(/\/$/, "")}/`,
    // The proxy compresses, and Grafana's own takes much memory.
    GF_SERVER_ENABLE_GZIP: "false",
    GF_SECURITY_ADMIN_USER: grafanaAdmin,
    GF_SECURITY_ADMIN_PASSWORD__FILE: "/run/secrets/grafana/admin-password",
    GF_SECURITY_COOKIE_SECURE: String(grafanaUrl.startsWith("https:")),
    GF_SECURITY_DISABLE_GRAVATAR: "true",
    GF_AUTH_ANONYMOUS_ENABLED: "false",
    GF_USERS_ALLOW_SIGN_UP: "false",
    GF_USERS_ALLOW_ORG_CREATE: "false",
    GF_ANALYTICS_REPORTING_ENABLED: "false",
    GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
    GF_ANALYTICS_FEEDBACK_LINKS_ENABLED: "false",
    GF_NEWS_NEWS_FEED_ENABLED: "false",
    GF_SNAPSHOTS_EXTERNAL_ENABLED: "false",
    // Later ones than 11.2 download plugins when they start, and newer ones of those that the image has.
    GF_PLUGINS_PREINSTALL_DISABLED: "true",
    GF_PLUGINS_PREINSTALL_AUTO_UPDATE: "false",
    GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED: "true",
    GF_PLUGINS_PLUGIN_ADMIN_ENABLED: "false",
    // Prometheus evaluates the alerts and Alertmanager delivers them; Grafana only shows both.
    GF_UNIFIED_ALERTING_EXECUTE_ALERTS: "false",
    GF_LOG_MODE: "console",
    GF_LOG_CONSOLE_FORMAT: "json",
  };
}

function dataSources(observed: Observed) {
  const runs = (part: PartName) => observed.parts.includes(part);
  const sources = sourcesOf(observed);
  return {
    apiVersion: 1,
    // What an earlier profile had would stay, and fail.
    deleteDatasources: sources.filter(({ part }) => !runs(part)).map(({ name }) => ({ name, orgId: 1 })),
    datasources: sources
      .filter(({ part }) => runs(part))
      .map(({ part, name, url, options }) => ({
        name,
        uid: part,
        type: part,
        access: "proxy",
        orgId: 1,
        url,
        isDefault: part === "prometheus",
        editable: false,
        jsonData: options,
      })),
  };
}

/** Those that could run, and how each links to those that do. A $ is doubled: Grafana reads a single one as a variable. */
function sourcesOf({ system, stack, parts }: Observed): readonly Source[] {
  const traces = parts.includes("tempo");
  const logs = parts.includes("loki");
  return [
    {
      part: "prometheus",
      name: "Prometheus",
      url: "http://prometheus:9090",
      options: {
        httpMethod: "POST",
        prometheusType: "Prometheus",
        timeInterval: "15s",
        manageAlerts: true,
        alertmanagerUid: "alertmanager",
        // Tempo's generator and the clients of the applications name it differently.
        ...(traces && {
          exemplarTraceIdDestinations: ["traceID", "trace_id"].map((name) => ({
            name,
            datasourceUid: "tempo",
          })),
        }),
      },
    },
    {
      part: "loki",
      name: "Loki",
      url: "http://loki:3100",
      options: {
        maxLines: 1_000,
        ...(traces && {
          derivedFields: [
            {
              name: "trace_id",
              matcherType: "label",
              matcherRegex: "trace_id",
              url: "$${__value.raw}",
              urlDisplayLabel: "Trace",
              datasourceUid: "tempo",
            },
          ],
        }),
      },
    },
    {
      part: "tempo",
      name: "Tempo",
      url: "http://tempo:3200",
      options: {
        ...(logs && {
          tracesToLogsV2: {
            datasourceUid: "loki",
            // A request may be logged when it ends, and the clock of a browser may be wrong.
            spanStartTimeShift: "-5m",
            spanEndTimeShift: "5m",
            filterByTraceID: false,
            filterBySpanID: false,
            customQuery: true,
            query: `{system="${system}", stack="${stack}"} | trace_id="$\${__trace.traceId}"`,
          },
        }),
        tracesToMetrics: {
          datasourceUid: "prometheus",
          spanStartTimeShift: "-15m",
          spanEndTimeShift: "15m",
          tags: [{ key: "service.name", value: "service" }],
          queries: [
            { name: "Requests a second", query: "sum(rate(traces_spanmetrics_calls_total{$$__tags}[5m]))" },
            {
              name: "Seconds that 95 % stay below",
              query:
                "histogram_quantile(0.95, sum by (le) (rate(traces_spanmetrics_latency_bucket{$$__tags}[5m])))",
            },
          ],
        },
        serviceMap: { datasourceUid: "prometheus" },
        nodeGraph: { enabled: true },
      },
    },
    {
      part: "alertmanager",
      name: "Alertmanager",
      url: "http://alertmanager:9093",
      options: { implementation: "prometheus", handleGrafanaManagedAlerts: false },
    },
  ];
}

function dashboardProvider() {
  return {
    apiVersion: 1,
    providers: [
      {
        name: "slipway",
        orgId: 1,
        type: "file",
        // A dashboard of a part that has gone goes too.
        disableDeletion: false,
        allowUiUpdates: false,
        updateIntervalSeconds: 10,
        options: { path: `${folder}/dashboards` },
      },
    ],
  };
}
