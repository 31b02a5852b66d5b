import type { Observed } from "../observed";
import type { RecordingRule, RuleGroup } from "../rules";
import { type Alert, alertRule, value } from "./alert";

/** Requests a second below which a share or a percentile says nothing: 15 within 5 minutes. */
const least = 0.05;

/** What the proxy sees of each public host: how many requests, how many fail, how long people wait. */
export function requestRules(observed: Observed): RuleGroup {
  const { latency, errorRate } = observed.thresholds;
  const alerts = [latencyHigh(latency), errorRateHigh(errorRate)];
  return {
    name: "requests",
    rules: [...recordings(observed), ...alerts.map((alert) => alertRule(observed, alert))],
  };
}

/** Matchers of the app's requests: each once, as the handler of a site sees it, and not those that Grafana gets. */
export function appRequests(observed: Observed): string {
  return [
    'job="proxy"',
    'handler="subroute"',
    `host=~"${hosts(observed)}"`,
    // The redirection from HTTP to HTTPS is the proxy's own.
    'code!="308"',
  ].join(",");
}

function hosts({ routes, grafanaUrl }: Observed): string {
  const addresses = routes.map(({ url }) => new URL(url));
  const monitoring = new URL(grafanaUrl).hostname;
  const apps = addresses.filter(({ hostname }) => hostname !== monitoring);
  const names = new Set((apps.length === 0 ? addresses : apps).map(({ hostname }) => hostname));
  // Without encryption Caddy calls a host by this name when the request names a port too.
  const other = addresses.some(({ protocol, port }) => protocol === "http:" && port !== "") ? ["_other"] : [];
  return [...[...names].sort().map(escaped), ...other].join("|");
}

/** In a regular expression in a text of PromQL. */
function escaped(host: string): string {
  return host.replaceAll(".", "\\\\.");
}

function recordings(observed: Observed): RecordingRule[] {
  const matchers = appRequests(observed);
  const count = "caddy_http_request_duration_seconds_count";
  return [
    { record: "host:requests:rate5m", expr: `sum by (host) (${rate(count, matchers)})` },
    {
      record: "host:request_errors:rate5m",
      expr: `sum by (host) (${rate(count, `${matchers},code=~"5.."`)}) or 0 * host:requests:rate5m`,
    },
    {
      // To the first byte: how long the rest takes is a matter of the client's line. A WebSocket lasts as long as it is open.
      record: "host:request_latency_seconds:p95_rate5m",
      expr: `histogram_quantile(0.95, sum by (host, le) (${rate(
        "caddy_http_response_duration_seconds_bucket",
        `${matchers},code!="101"`,
      )}))`,
    },
  ];
}

function rate(metric: string, matchers: string): string {
  return `rate(${metric}{${matchers}}[5m])`;
}

function latencyHigh(threshold: number): Alert {
  return {
    name: "LatencyHigh",
    severity: "warning",
    expression: `host:request_latency_seconds:p95_rate5m > ${threshold} and host:requests:rate5m >= ${least}`,
    for: "5m",
    summary: `{{ $labels.host }}: one request in 20 waits longer than ${value(1)} s for its answer`,
    description: "People notice that it is slow.",
    dashboard: "slipway-proxy",
  };
}

function errorRateHigh(threshold: number): Alert {
  return {
    name: "ErrorRateHigh",
    severity: "critical",
    expression: `100 * host:request_errors:rate5m / host:requests:rate5m > ${threshold}
  and host:requests:rate5m >= ${least}`,
    for: "2m",
    summary: `{{ $labels.host }}: ${value()} % of the requests fail`,
    description:
      "They are answered with a status of 500 or more, by the app or by the proxy that can't reach it.",
    dashboard: "slipway-proxy",
  };
}
