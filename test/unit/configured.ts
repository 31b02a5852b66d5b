import * as pulumi from "@pulumi/pulumi";
import { vi } from "vitest";
import { readConfig, type StackConfig } from "../../config";
import { ConfigurationError } from "../../lib/configurationErrors";
import { project, stack } from "./mocks";

export type Settings = Readonly<Record<string, unknown>>;

/** As little as Clubhouse needs. */
export const leastSettings = {
  app: "clubhouse",
  domains: { app: "clubhouse.example.com", grafana: "grafana.clubhouse.example.com" },
  images: { backend: "ghcr.io/org/backend:1.0.0", frontend: "ghcr.io/org/frontend:1.0.0" },
  tls: { mode: "acme", email: "ops@example.com" },
};

/** Every image of Clubhouse with the least settings. */
export const leastImages = {
  ...leastSettings.images,
  postgres: "postgres:17.10-bookworm",
  redis: "redis:7.4.2-bookworm",
  proxy: "caddy:2.11.9",
  prometheus: "prom/prometheus:v2.54.1",
  alertmanager: "prom/alertmanager:v0.34.2",
  grafana: "grafana/grafana:11.2.0",
  loki: "grafana/loki:3.0.1",
  tempo: "grafana/tempo:2.6.1",
  collector: "otel/opentelemetry-collector-contrib:0.164.0",
  guardian: "node:20.20.2-bookworm-slim",
  nodeExporter: "prom/node-exporter:v1.12.1",
  blackboxExporter: "prom/blackbox-exporter:v0.28.0",
  postgresExporter: "quay.io/prometheuscommunity/postgres-exporter:v0.20.1",
  redisExporter: "oliver006/redis_exporter:v1.88.0-alpine",
  restic: "restic/restic:0.18.1",
  node: "node:20.20.2-bookworm-slim",
};

/** Has the SDK hold settings as the CLI hands them over: text as it is, what is nested as JSON. */
export function configure(settings: Settings, encrypted: readonly string[] = ["secrets"]): void {
  const written = Object.entries(settings).map(([key, value]) => [
    `${project}:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const keys = encrypted.map((key) => `${project}:${key}`);
  pulumi.runtime.setAllConfig(Object.fromEntries(written), keys);
  vi.stubEnv("PULUMI_CONFIG_SECRET_KEYS", JSON.stringify(keys));
}

/** @param folder of the stack's file; the project's own has none of the tests' stack. */
export function configured(settings: Settings, encrypted?: readonly string[], folder?: string): StackConfig {
  configure(settings, encrypted);
  return readConfig(project, stack, folder);
}

/** The problems that a configuration is refused for. Anything else that is thrown goes on. */
export function problems(
  settings: Settings,
  encrypted?: readonly string[],
  folder?: string,
): readonly string[] {
  try {
    configured(settings, encrypted, folder);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}
