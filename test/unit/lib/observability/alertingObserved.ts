import type { Observed } from "../../../../lib/observability/observed";
import { defaultRetention, type Profile, partsOf } from "../../../../lib/observability/profiles";
import { defaultThresholds } from "../../../../lib/observability/thresholds";

export const noReceivers = { slack: false, webhook: false, ntfy: false } as const;

export const email = {
  to: "ops@example.com",
  from: "alerts@example.com",
  server: "smtp.example.com:587",
  username: "alerts",
} as const;

/** A system of two services, of which the stack's own settings are the defaults unless they are changed. */
export function observedSystem(changes: Partial<Observed> = {}, profile: Profile = "full"): Observed {
  return {
    system: "clubhouse",
    stack: "production",
    parts: partsOf(profile, { externalPostgres: false }),
    pins: { prometheus: "prom/prometheus:v2.54.1", alertmanager: "prom/alertmanager:v0.34.2" },
    services: [
      { name: "backend", port: 8080, metrics: "/metrics" },
      { name: "worker", port: 9000, metrics: "/internal/metrics" },
    ],
    routes: [
      { domain: "app", url: "https://clubhouse.example.com/health" },
      { domain: "app", url: "https://clubhouse.example.com/" },
    ],
    publicCertificates: true,
    grafanaUrl: "https://grafana.example.com",
    retention: defaultRetention(profile),
    thresholds: defaultThresholds,
    receivers: noReceivers,
    heartbeat: false,
    rules: {},
    backups: { repositories: ["local", "s3"], database: true, pitr: true },
    ...changes,
  };
}
