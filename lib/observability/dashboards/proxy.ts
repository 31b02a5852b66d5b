import type { Observed } from "../observed";
import { words } from "./fields";
import type { Section } from "./grid";
import type { Dashboard } from "./model";
import { dashboard } from "./page";
import { heatmap, stat, timeSeries } from "./panels";
import { errorShare, latency, publicRequests, requestRate } from "./queries";

/**
 * An upstream is called what stands in the proxy's configuration: its name, or where its name is read from, whose last
 * part is the service's with the number of the replica. There is a second one of each for WebSockets.
 */
const upstreams = [
  "min by (slot) (label_replace(label_replace(caddy_reverse_proxy_upstreams_healthy,",
  '"slot", "$1", "upstream", "([^:]+).*"), "slot", "$1", "upstream", ".*/([^/}]+)}.*"))',
].join(" ");

export function proxy(observed: Observed): Dashboard {
  const { thresholds } = observed;
  const errors = { over: thresholds.errorRate };
  const slow = { over: thresholds.latency };
  const matchers = publicRequests(observed);
  return dashboard(observed, {
    uid: "slipway-proxy",
    title: "Proxy",
    description: "What comes in from the internet, and who answers it.",
    sections: [
      {
        title: "Now",
        blocks: [
          stat({
            title: "Requests",
            unit: "reqps",
            queries: [{ expr: `sum(${requestRate(observed)})`, legend: "requests" }],
          }),
          stat({
            title: "Errors",
            description: "Answers with 5xx.",
            unit: "percent",
            decimals: 2,
            limit: errors,
            queries: [{ expr: errorShare(observed, ""), legend: "5xx" }],
          }),
          stat({
            title: "Latency p95",
            description: "95 % of the requests have the first byte of their answer within this time.",
            unit: "s",
            limit: slow,
            queries: [{ expr: latency(observed, 0.95), legend: "p95" }],
          }),
          stat({
            title: "In flight",
            description: "Requests that aren't answered yet, open WebSockets among them.",
            unit: "none",
            queries: [{ expr: `sum(caddy_http_requests_in_flight{${matchers}})`, legend: "open" }],
          }),
          stat({
            title: "Last change of its configuration",
            unit: "none",
            mappings: words("taken", "refused"),
            limit: { under: 1 },
            queries: [{ expr: "min(caddy_config_last_reload_successful)", legend: "configuration" }],
          }),
          stat({
            title: "Configuration in force for",
            unit: "s",
            queries: [
              { expr: "time() - max(caddy_config_last_reload_success_timestamp_seconds)", legend: "since" },
            ],
          }),
        ],
      },
      {
        title: "Requests",
        blocks: [
          timeSeries({
            title: "Requests by host",
            unit: "reqps",
            least: 0,
            queries: [{ expr: requestRate(observed), legend: "{{host}}" }],
          }),
          timeSeries({
            title: "Requests by status code",
            description: "101 is a WebSocket, counted when it ends.",
            unit: "reqps",
            least: 0,
            stacked: true,
            queries: [{ expr: requestRate(observed, "code"), legend: "{{code}}" }],
          }),
          timeSeries({
            title: "Errors by host",
            unit: "percent",
            least: 0,
            limit: errors,
            queries: [{ expr: errorShare(observed), legend: "{{host}}" }],
          }),
          timeSeries({
            title: "In flight by host",
            unit: "none",
            least: 0,
            queries: [
              { expr: `sum by (host) (caddy_http_requests_in_flight{${matchers}})`, legend: "{{host}}" },
            ],
          }),
        ],
      },
      {
        title: "Latency, without WebSockets",
        blocks: [
          timeSeries({
            title: "Latency",
            description: "This share of the requests has the first byte of its answer within this time.",
            unit: "s",
            least: 0,
            limit: slow,
            queries: [0.5, 0.95, 0.99].map((quantile) => ({
              expr: latency(observed, quantile, "host"),
              legend: `{{host}} p${quantile * 100}`,
            })),
          }),
          heatmap({
            title: "How many requests wait how long",
            unit: "s",
            queries: [
              {
                expr: `sum by (le) (increase(caddy_http_response_duration_seconds_bucket{${matchers},code!="101"}[$__rate_interval]))`,
                legend: "{{le}}",
              },
            ],
          }),
        ],
      },
      {
        title: "Upstreams and traffic",
        blocks: [
          timeSeries({
            title: "Upstreams",
            description: "What the proxy's own checks say of each container behind it.",
            unit: "none",
            least: 0,
            most: 1,
            mappings: words("healthy", "unhealthy"),
            limit: { under: 1 },
            queries: [{ expr: upstreams, legend: "{{slot}}" }],
          }),
          timeSeries({
            title: "Traffic",
            unit: "Bps",
            least: 0,
            queries: [
              {
                expr: `sum(rate(caddy_http_request_size_bytes_sum{${matchers}}[$__rate_interval]))`,
                legend: "received",
              },
              {
                expr: `sum(rate(caddy_http_response_size_bytes_sum{${matchers}}[$__rate_interval]))`,
                legend: "sent",
              },
            ],
          }),
          timeSeries({
            title: "CPU of the proxy",
            unit: "percent",
            description: "Of one core.",
            least: 0,
            queries: [
              {
                expr: '100 * rate(process_cpu_seconds_total{job="proxy"}[$__rate_interval])',
                legend: "busy",
              },
            ],
          }),
          timeSeries({
            title: "Memory of the proxy",
            unit: "bytes",
            least: 0,
            queries: [{ expr: 'process_resident_memory_bytes{job="proxy"}', legend: "resident" }],
          }),
        ],
      },
      ...probes(observed),
    ],
  });
}

/** What somebody sees who comes by the public addresses. */
function probes({ parts, routes, thresholds }: Observed): Section[] {
  if (!parts.includes("blackboxExporter") || routes.length === 0) return [];
  const encrypted = routes.some(({ url }) => url.startsWith("https://"));
  const certificates = timeSeries({
    title: "Certificates",
    description: "Days until the first of the chain ends.",
    unit: "d",
    least: 0,
    decimals: 1,
    width: 8,
    limit: { under: thresholds.certificateDays },
    queries: [
      {
        expr: 'min by (instance) (probe_ssl_earliest_cert_expiry{job="probe"} - time()) / 86400',
        legend: "{{instance}}",
      },
    ],
  });
  const width = encrypted ? 8 : 12;
  return [
    {
      title: "Public addresses",
      blocks: [
        timeSeries({
          title: "Reachable",
          unit: "none",
          least: 0,
          most: 1,
          width,
          mappings: words("yes", "no"),
          limit: { under: 1 },
          queries: [{ expr: 'probe_success{job="probe"}', legend: "{{instance}}" }],
        }),
        timeSeries({
          title: "Time of a probe",
          unit: "s",
          least: 0,
          width,
          limit: { over: thresholds.latency },
          queries: [{ expr: 'probe_duration_seconds{job="probe"}', legend: "{{instance}}" }],
        }),
        ...(encrypted ? [certificates] : []),
      ],
    },
  ];
}
