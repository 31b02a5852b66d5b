import { appRequests } from "../alerts/requests";
import type { Observed } from "../observed";
import { alertNames } from "../rules";
import { backupsInShort } from "./backupStats";
import { type Block, words } from "./fields";
import type { Section } from "./grid";
import { toLogs } from "./links";
import type { Dashboard } from "./model";
import { dashboard } from "./page";
import { newest, stat, timeSeries } from "./panels";
import { containers } from "./queries";
import { table } from "./table";
import { releaseMarkers } from "./variables";

const failed = "host:request_errors:rate5m";
const all = "host:requests:rate5m";
const firing = `ALERTS{alertstate="firing",alertname!="${alertNames.watchdog}"}`;

/** Days that the objective is for. */
const objectiveDays = 30;

/** How the system does, for people who have one minute. */
export function overview(observed: Observed): Dashboard {
  const { parts, routes, backups } = observed;
  return dashboard(observed, {
    uid: "slipway-overview",
    title: "Overview",
    description: "How the system does.",
    annotations: parts.includes("guardian") ? [releaseMarkers()] : [],
    sections: [
      { title: "Now", blocks: now(observed) },
      ...(routes.length > 0 ? [requests(observed), objective(observed)] : []),
      ...(parts.includes("collector") ? [saturation(observed)] : []),
      ...(backups === undefined ? [] : [backupsInShort(observed, backups)]),
      health(observed),
    ],
  });
}

function now({ parts, routes, thresholds }: Observed): Block[] {
  const traffic = [
    stat({ title: "Requests", unit: "reqps", queries: [{ expr: `sum(${all})`, legend: "requests" }] }),
    stat({
      title: "Errors",
      description: "Requests that were answered with 5xx.",
      unit: "percent",
      decimals: 2,
      limit: { over: thresholds.errorRate },
      queries: [{ expr: `100 * sum(${failed}) / sum(${all})`, legend: "errors" }],
    }),
    stat({
      title: "Latency p95",
      description:
        "95 % of the requests have the first byte of their answer within this time, on the slowest host.",
      unit: "s",
      limit: { over: thresholds.latency },
      queries: [{ expr: "max(host:request_latency_seconds:p95_rate5m)", legend: "p95" }],
    }),
  ];
  return [
    ...(routes.length > 0 ? traffic : []),
    stat({
      title: "Firing alerts",
      unit: "none",
      limit: { over: 1 },
      queries: [{ expr: `count(${firing}) or vector(0)`, legend: "alerts" }],
    }),
    ...(parts.includes("guardian")
      ? [
          stat({
            title: "Unhealthy containers",
            unit: "none",
            limit: { over: 1 },
            queries: [{ expr: "count(slipway_container_healthy == 0) or vector(0)", legend: "containers" }],
          }),
        ]
      : []),
    stat({
      title: "Sources of metrics",
      description: "Of all that are asked for metrics, those that answer.",
      unit: "percent",
      decimals: 0,
      limit: { under: 100 },
      queries: [{ expr: "100 * avg(up)", legend: "up" }],
    }),
  ];
}

function requests(observed: Observed): Section {
  const { thresholds } = observed;
  return {
    title: "Requests from the internet",
    blocks: [
      timeSeries({
        title: "Requests by host",
        unit: "reqps",
        least: 0,
        width: 8,
        queries: [{ expr: all, legend: "{{host}}" }],
      }),
      timeSeries({
        title: "Error share by host",
        unit: "percent",
        least: 0,
        width: 8,
        limit: { over: thresholds.errorRate },
        queries: [{ expr: `100 * ${failed} / ${all}`, legend: "{{host}}" }],
      }),
      timeSeries({
        title: "Latency by host",
        description:
          "This share of the requests has the first byte of its answer within this time. Without WebSockets.",
        unit: "s",
        least: 0,
        width: 8,
        limit: { over: thresholds.latency },
        queries: [0.5, 0.95, 0.99].map((quantile) => ({
          expr: latencyByHost(observed, quantile),
          legend: `{{host}} p${quantile * 100}`,
        })),
      }),
    ],
  };
}

function latencyByHost(observed: Observed, quantile: number): string {
  const buckets = `rate(caddy_http_response_duration_seconds_bucket{${appRequests(observed)},code!="101"}[5m])`;
  return `histogram_quantile(${quantile}, sum by (host, le) (${buckets}))`;
}

/** Over the days that the objective is for, or as many as metrics are kept. */
function objective({ thresholds: { availability }, retention }: Observed): Section {
  const days = Math.min(objectiveDays, retention.metricsDays);
  const over = (metric: string) => `sum(sum_over_time(${metric}[${days}d]))`;
  const share = `${over(failed)} / ${over(all)}`;
  const allowed = Number(((100 - availability) / 100).toPrecision(6));
  return {
    title: `Objective: ${availability} % of the requests without an error`,
    blocks: [
      newest({
        title: `Availability over ${days} days`,
        unit: "percent",
        decimals: 3,
        width: 8,
        limit: { under: availability },
        queries: [{ expr: `100 * (1 - ${share})`, legend: "available" }],
      }),
      newest({
        title: `Error budget left of ${days} days`,
        description: "Of the errors that the objective allows; below 0 it is missed.",
        unit: "percent",
        decimals: 1,
        width: 8,
        limit: { under: 0 },
        queries: [{ expr: `100 * (1 - (${share}) / ${allowed})`, legend: "left" }],
      }),
      timeSeries({
        title: "Pace of the errors",
        description: "1: as fast as just uses up the budget in 30 days. From 14.4 on somebody is called.",
        unit: "none",
        least: 0,
        height: 4,
        width: 8,
        limit: { over: 14.4 },
        queries: [{ expr: `app:request_errors:ratio_rate1h / ${allowed}`, legend: "pace in the last hour" }],
      }),
    ],
  };
}

function saturation(observed: Observed): Section {
  const { thresholds } = observed;
  return {
    title: "What the services use of their limits",
    blocks: [
      timeSeries({
        title: "Memory by service",
        ...toLogs(observed),
        description: "Of the limit, of the container that is nearest to it.",
        unit: "percent",
        least: 0,
        limit: { over: thresholds.memory },
        queries: [{ expr: `max by (service) (${containers.memory.all})`, legend: "{{service}}" }],
      }),
      timeSeries({
        title: "CPU by service",
        ...toLogs(observed),
        description: "Of the limit, of the container that is nearest to it.",
        unit: "percent",
        least: 0,
        limit: { over: thresholds.cpu },
        queries: [{ expr: `max by (service) (${containers.cpu.all})`, legend: "{{service}}" }],
      }),
    ],
  };
}

function health(observed: Observed): Section {
  const { parts } = observed;
  return {
    title: "Health",
    blocks: [
      ...(parts.includes("guardian")
        ? [
            timeSeries({
              title: "Restarts by service",
              ...toLogs(observed),
              unit: "none",
              least: 0,
              queries: [
                {
                  expr: "sum by (service) (increase(slipway_container_restarts_total[$__rate_interval]))",
                  legend: "{{service}}",
                },
              ],
            }),
            timeSeries({
              title: "Healthy by service",
              ...toLogs(observed),
              description: "The least healthy container of each.",
              unit: "none",
              least: 0,
              most: 1,
              mappings: words("healthy", "unhealthy"),
              limit: { under: 1 },
              queries: [{ expr: "min by (service) (slipway_container_healthy)", legend: "{{service}}" }],
            }),
          ]
        : []),
      table({
        title: "Alerts that fire",
        description: `${alertNames.watchdog} always does: it shows that alerting works.`,
        height: 8,
        columns: [
          {
            expr: 'max by (alertname, severity, service, host, container) (ALERTS{alertstate="firing"})',
            legend: "firing",
            unit: "none",
            mappings: [{ type: "value", options: { "1": { text: "yes", index: 0 } } }],
          },
        ],
      }),
    ],
  };
}
