import { backups } from "./dashboards/backups";
import { containers } from "./dashboards/containers";
import { host } from "./dashboards/host";
import { logs } from "./dashboards/logs";
import type { Dashboard } from "./dashboards/model";
import { overview } from "./dashboards/overview";
import { postgres } from "./dashboards/postgres";
import { proxy } from "./dashboards/proxy";
import { redis } from "./dashboards/redis";
import type { Observed } from "./observed";

export type { Dashboard } from "./dashboards/model";
export { type PanelQuery, panelQueries } from "./dashboards/panelQueries";

/** What Grafana shows: of what runs, and nothing else. Grafana finds each by its uid, so that stays as it is. */
export function dashboards(observed: Observed): Dashboard[] {
  const { parts } = observed;
  if (!parts.includes("prometheus")) return [];
  return [
    overview(observed),
    ...(parts.includes("nodeExporter") ? [host(observed)] : []),
    ...(parts.includes("guardian") && parts.includes("collector") ? [containers(observed)] : []),
    ...(parts.includes("postgresExporter") ? [postgres(observed)] : []),
    ...(parts.includes("redisExporter") ? [redis(observed)] : []),
    proxy(observed),
    ...(parts.includes("loki") ? [logs(observed)] : []),
    ...(observed.backups === undefined ? [] : [backups(observed, observed.backups)]),
  ];
}
