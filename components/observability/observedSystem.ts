import type { StackConfig } from "../../config";
import { repositoryNames } from "../../lib/backup/serviceSettings";
import { backsUp } from "../../lib/backup/settings";
import type { Observed, ObservedBackups, ObservedService } from "../../lib/observability/observed";
import { observedParts } from "../../lib/observability/observedParts";
import { observedRoutes } from "../../lib/observability/observedRoutes";
import { defaultRetention, type Retention } from "../../lib/observability/profiles";

/** What there is to observe of a stack, and how, from its configuration. */
export function observedSystem(config: StackConfig, origins: Readonly<Record<string, string>>): Observed {
  const { app, observability, images, tls } = config;
  const { thresholds, receivers, rules } = observability;
  const parts = observedParts(config);
  return {
    system: app.name,
    stack: config.stack,
    parts,
    pins: Object.fromEntries(parts.map((part) => [part, images[part]])),
    services: observedServices(config),
    routes: observedRoutes(app, origins),
    publicCertificates: tls.mode === "acme" && tls.authority === undefined,
    grafanaUrl: origins[app.monitoring.domain] ?? "",
    retention: retentionOf(config),
    thresholds,
    receivers,
    heartbeat: config.secrets.heartbeatUrl !== undefined,
    rules,
    backups: observedBackups(config),
  };
}

function observedBackups(config: StackConfig): ObservedBackups | undefined {
  if (!backsUp(config)) return undefined;
  const { backups } = config;
  return { repositories: repositoryNames(backups), database: true, pitr: backups.pitr };
}

function observedServices({ app }: StackConfig): ObservedService[] {
  return Object.entries(app.services).flatMap(([name, { port, metrics }]) =>
    port === undefined || metrics === undefined ? [] : [{ name, port, metrics }],
  );
}

function retentionOf({ observability: { profile, retention } }: StackConfig): Retention {
  const usual = defaultRetention(profile);
  return {
    metricsDays: retention.metricsDays ?? usual.metricsDays,
    metricsGigabytes: retention.metricsGigabytes ?? usual.metricsGigabytes,
    logsDays: retention.logsDays ?? usual.logsDays,
    tracesDays: retention.tracesDays ?? usual.tracesDays,
  };
}
