import type { AppSpec, ImageSpec, Resources } from "../../apps/spec";

/** What observes every system, by the name that its settings have. */
export const partNames = [
  "prometheus",
  "alertmanager",
  "grafana",
  "loki",
  "tempo",
  "guardian",
  // After the guardian, which it asks.
  "collector",
  "nodeExporter",
  "blackboxExporter",
  "postgresExporter",
  "redisExporter",
] as const;

/** With what observes only the systems whose spec asks for it. */
export const everyPart = [...partNames, "uptimeKuma"] as const;

export type PartName = (typeof everyPart)[number];

/** What may observe a system: only that has settings. */
export function possibleParts({
  monitoring,
  redis,
}: Pick<AppSpec, "monitoring" | "redis">): readonly PartName[] {
  const possible = monitoring.statusDomain === undefined ? partNames : everyPart;
  return redis === undefined ? possible.filter((part) => part !== "redisExporter") : possible;
}

/** The image of each part, unless the system's spec or the stack pins another. */
export const observabilityImages: Readonly<Record<PartName, ImageSpec>> = {
  prometheus: { description: "metrics and alert rules", default: "prom/prometheus:v3.15.0" },
  alertmanager: { description: "delivery of alerts", default: "prom/alertmanager:v0.34.2" },
  grafana: { description: "dashboards", default: "grafana/grafana:13.2.3" },
  loki: { description: "logs", default: "grafana/loki:3.7.8" },
  tempo: { description: "traces", default: "grafana/tempo:2.10.8" },
  collector: {
    description: "OpenTelemetry Collector: logs, traces, metrics of the containers",
    default: "otel/opentelemetry-collector-contrib:0.164.0",
  },
  guardian: {
    description: "Node.js, for the gate to the engine that restarts unhealthy containers",
    default: "node:20.20.2-bookworm-slim",
  },
  nodeExporter: { description: "metrics of the host", default: "prom/node-exporter:v1.12.1" },
  blackboxExporter: { description: "probes of the routes", default: "prom/blackbox-exporter:v0.28.0" },
  postgresExporter: {
    description: "metrics of Postgres",
    default: "quay.io/prometheuscommunity/postgres-exporter:v0.20.1",
  },
  redisExporter: { description: "metrics of Redis", default: "oliver006/redis_exporter:v1.88.0-alpine" },
  uptimeKuma: { description: "status page", default: "louislam/uptime-kuma:2.5.3-slim-rootless" },
};

/** Together 2,088 MiB, without Uptime Kuma; the stack can set others under `resources`. */
export const partResources: Readonly<Record<PartName, Resources>> = {
  prometheus: { memory: 400, cpus: 1 },
  alertmanager: { memory: 64, cpus: 0.25 },
  grafana: { memory: 400, cpus: 1 },
  loki: { memory: 400, cpus: 1 },
  tempo: { memory: 400, cpus: 1 },
  collector: { memory: 200, cpus: 0.5 },
  guardian: { memory: 96, cpus: 0.25 },
  nodeExporter: { memory: 32, cpus: 0.25 },
  blackboxExporter: { memory: 32, cpus: 0.25 },
  postgresExporter: { memory: 32, cpus: 0.25 },
  redisExporter: { memory: 32, cpus: 0.25 },
  uptimeKuma: { memory: 256, cpus: 0.5 },
};

/** Where the other containers find a part: `node-exporter`. */
export function partHost(part: PartName): string {
  return part.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
