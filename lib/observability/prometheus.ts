import { probeModule } from "./blackbox";
import type { Observed } from "./observed";
import type { PartName } from "./parts";
import type { AlertRule, RuleGroup } from "./rules";
import { partVersion, type Version } from "./versions";
import { yamlText } from "./yamlText";

/** Jobs with one target, in the order of the file: who must run, and where its metrics are. */
const partJobs: readonly { readonly job: string; readonly part: PartName; readonly target: string }[] = [
  { job: "prometheus", part: "prometheus", target: "prometheus:9090" },
  { job: "alertmanager", part: "alertmanager", target: "alertmanager:9093" },
  { job: "grafana", part: "grafana", target: "grafana:3000" },
  { job: "loki", part: "loki", target: "loki:3100" },
  { job: "tempo", part: "tempo", target: "tempo:3200" },
  { job: "collector", part: "collector", target: "collector:8888" },
  { job: "containers", part: "collector", target: "collector:8889" },
  { job: "guardian", part: "guardian", target: "guardian:9800" },
  { job: "node", part: "nodeExporter", target: "node-exporter:9100" },
  { job: "postgres", part: "postgresExporter", target: "postgres-exporter:9187" },
  { job: "redis", part: "redisExporter", target: "redis-exporter:9121" },
];

/** Configuration of Prometheus, by path below /etc/prometheus. */
export function prometheusFiles(observed: Observed, rules: readonly RuleGroup[]): Record<string, string> {
  return {
    "prometheus.yml": yamlText(configuration(observed)),
    "rules.yml": yamlText({ groups: [...rules, ...stackRules(observed)] }),
  };
}

export function prometheusArguments(observed: Observed): string[] {
  const version = partVersion(observed.pins, "prometheus");
  const { time, size } = retention(observed);
  // Nobody else has traces to show for an exemplar, nor metrics to write.
  const traces = observed.parts.includes("tempo");
  const features = [
    ...(traces ? ["exemplar-storage"] : []),
    // Collects garbage before the container's limit kills it; 3.x does so by itself, and 2.50 can't.
    ...(version.major === 2 && version.minor >= 51 ? ["auto-gomemlimit"] : []),
  ];
  return [
    "--config.file=/etc/prometheus/prometheus.yml",
    "--storage.tsdb.path=/prometheus",
    ...(readsRetention(version)
      ? []
      : [`--storage.tsdb.retention.time=${time}`, `--storage.tsdb.retention.size=${size}`]),
    ...(features.length === 0 ? [] : [`--enable-feature=${features.join(",")}`]),
    ...(traces ? ["--web.enable-remote-write-receiver"] : []),
  ];
}

function configuration(observed: Observed) {
  const { system, stack, parts } = observed;
  return {
    global: {
      scrape_interval: "15s",
      evaluation_interval: "15s",
      external_labels: { system, stack },
    },
    rule_files: ["/etc/prometheus/rules.yml"],
    ...(parts.includes("alertmanager")
      ? { alerting: { alertmanagers: [{ static_configs: [{ targets: ["alertmanager:9093"] }] }] } }
      : {}),
    ...(readsRetention(partVersion(observed.pins, "prometheus"))
      ? { storage: { tsdb: { retention: retention(observed) } } }
      : {}),
    scrape_configs: [
      ...partJobs
        .filter(({ part }) => parts.includes(part))
        .map(({ job, target }) => ({ job_name: job, static_configs: [{ targets: [target] }] })),
      proxyJob,
      ...backupJob(observed),
      ...appJob(observed),
      ...probeJob(observed),
    ],
  };
}

/** Clients that write the port in their request are no other host. What they wrote is kept: two can't be the same. */
const proxyJob = {
  job_name: "proxy",
  static_configs: [{ targets: ["proxy:2021"] }],
  metric_relabel_configs: [
    { source_labels: ["host"], target_label: "host_header" },
    { source_labels: ["host"], regex: "(.+):[0-9]+", target_label: "host" },
  ],
};

/** The drill has no network: the backup tells of it too. */
function backupJob({ backups }: Observed) {
  if (backups === undefined) return [];
  return [{ job_name: "backup", static_configs: [{ targets: ["backup:9810"] }] }];
}

/** All replicas of all services; a name has an address for each of them. */
function appJob(observed: Observed) {
  const { services } = observed;
  if (services.length === 0) return [];
  return [
    {
      job_name: "app",
      // 2.x takes an answer that doesn't say its format for this one; 3.x wants to be told.
      ...(partVersion(observed.pins, "prometheus").major >= 3
        ? { fallback_scrape_protocol: "PrometheusText0.0.4" }
        : {}),
      dns_sd_configs: services.map(({ name, port }) => ({
        names: [name],
        type: "A",
        port,
        // With the default, 30 s, a new release would go without two scrapes.
        refresh_interval: "15s",
      })),
      relabel_configs: [
        { source_labels: ["__meta_dns_name"], target_label: "service" },
        ...services.map(({ name, metrics }) => ({
          source_labels: ["__meta_dns_name"],
          regex: name,
          target_label: "__metrics_path__",
          replacement: metrics,
        })),
      ],
    },
  ];
}

/** The exporter asks the proxy for a public name; that is what the metrics are of, not the exporter. */
function probeJob(observed: Observed) {
  const { routes, parts } = observed;
  if (routes.length === 0 || !parts.includes("blackboxExporter")) return [];
  return [
    {
      job_name: "probe",
      metrics_path: "/probe",
      params: { module: [probeModule(observed)] },
      static_configs: routes.map(({ domain, url }) => ({
        targets: [url],
        labels: { domain, __param_target: atProxy(url), __param_hostname: new URL(url).hostname },
      })),
      relabel_configs: [
        { source_labels: ["__address__"], target_label: "instance" },
        { target_label: "__address__", replacement: "blackbox-exporter:9115" },
      ],
    },
  ];
}

/** By the name that the proxy has inside: no public name needs to lead here. */
function atProxy(url: string): string {
  const inside = new URL(url);
  inside.hostname = "proxy";
  return inside.href;
}

/** The alerts that the stack sets itself, by name, whatever their order there. */
function stackRules({ rules }: Observed): RuleGroup[] {
  const alerts = Object.entries(rules)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(
      ([alert, { expression, for: time, severity, summary }]): AlertRule => ({
        alert,
        expr: expression,
        for: time,
        labels: { severity },
        annotations: { summary },
      }),
    );
  return alerts.length === 0 ? [] : [{ name: "stack", rules: alerts }];
}

function retention({ retention: { metricsDays, metricsGigabytes } }: Observed) {
  return { time: `${metricsDays}d`, size: `${metricsGigabytes}GB` };
}

/** Earlier 3.x that read it take the time for a millionfold of it (prometheus#18200), and 2.x don't read it. */
function readsRetention({ major, minor }: Version): boolean {
  return major > 3 || (major === 3 && minor >= 11);
}
