import type { Observed } from "../observed";
import type { AlertRule, Severity } from "../rules";

/** What tells one alert from another. */
export interface Alert {
  readonly name: string;
  readonly severity: Severity;
  /** Part or service that it is about, where the expression doesn't say so by its label `service`. */
  readonly service?: string;
  /** PromQL; its value is in the summary. */
  readonly expression: string;
  /** @default at once */
  readonly for?: string;
  /** With the value. Prometheus fills in `{{ $value }}` and `{{ $labels.service }}`. */
  readonly summary: string;
  /** What it means to users. */
  readonly description: string;
  /** Where to look first. */
  readonly dashboard: Dashboard;
}

/** Dashboards by their uid. */
export type Dashboard =
  | "slipway-overview"
  | "slipway-host"
  | "slipway-containers"
  | "slipway-postgres"
  | "slipway-redis"
  | "slipway-proxy"
  | "slipway-logs"
  | "slipway-backups";

export function alertRule({ grafanaUrl }: Observed, alert: Alert): AlertRule {
  const { name, severity, service, expression, for: time, summary, description, dashboard } = alert;
  return {
    alert: name,
    expr: expression,
    ...(time === undefined ? {} : { for: time }),
    labels: { severity, ...(service === undefined ? {} : { service }) },
    annotations: {
      summary,
      description,
      runbook_url: runbook(name),
      dashboard_url: `${grafanaUrl}/d/${dashboard}`,
    },
  };
}

/** What to do, a file of this project: `docs/runbooks/service-down.md`. */
export function runbook(alert: string): string {
  const words = alert.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  return `docs/runbooks/${words}.md`;
}

/** The value in a summary, with that many decimals. */
export function value(decimals = 0): string {
  return `{{ printf "%.${decimals}f" $value }}`;
}
