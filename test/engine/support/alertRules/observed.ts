import type { Observed } from "../../../../lib/observability/observed";
import { defaultRetention, type Profile, partsOf } from "../../../../lib/observability/profiles";
import { defaultThresholds } from "../../../../lib/observability/thresholds";

/** A system with all that can be observed. */
export function observedShop(changes: Partial<Observed> = {}, profile: Profile = "full"): Observed {
  return {
    system: "shop",
    stack: "test",
    parts: partsOf(profile, { externalPostgres: false }),
    pins: { prometheus: "prom/prometheus:v2.54.1" },
    services: [
      { name: "backend", port: 8080, metrics: "/metrics" },
      { name: "worker", port: 9000, metrics: "/metrics" },
    ],
    routes: [
      { domain: "app", url: "https://shop.example.com/health" },
      { domain: "app", url: "https://shop.example.com/" },
    ],
    publicCertificates: true,
    grafanaUrl: "https://grafana.example.com",
    retention: defaultRetention(profile),
    thresholds: defaultThresholds,
    receivers: { slack: false, webhook: false, ntfy: false },
    heartbeat: false,
    rules: {},
    ...changes,
  };
}
