import type { Observed } from "../observed";
import { alertNames, type RuleGroup } from "../rules";
import { type Alert, alertRule, value } from "./alert";

/** Whether what watches does its work. */
export function monitoringAlerts(observed: Observed): RuleGroup {
  const { parts } = observed;
  const alerts = [
    watchdog,
    targetDown,
    reloadFailed,
    ruleFailing,
    ...(parts.includes("alertmanager") ? [deliveryFailing] : []),
    ...(parts.includes("loki") ? [logsRefused] : []),
    ...(parts.includes("collector") && (parts.includes("loki") || parts.includes("tempo"))
      ? [collectorFailing]
      : []),
  ];
  return { name: "monitoring", rules: alerts.map((alert) => alertRule(observed, alert)) };
}

const watchdog: Alert = {
  name: alertNames.watchdog,
  severity: "none",
  expression: "vector(1)",
  summary: "alerting works",
  description: "Always fires. The address that hears of it raises the alarm when it hears nothing.",
  dashboard: "slipway-overview",
};

const targetDown: Alert = {
  name: "TargetDown",
  severity: "warning",
  // The machine and the services have alerts of their own.
  expression: 'max by (job) (up{job!~"app|node"}) == 0',
  for: "2m",
  summary: "{{ $labels.job }} has given no metrics for 2 minutes",
  description: "Until it does, its alerts are silent and its panels empty.",
  dashboard: "slipway-overview",
};

const reloadFailed: Alert = {
  name: "ReloadFailed",
  severity: "warning",
  expression: `max by (job) (
    prometheus_config_last_reload_successful
    or alertmanager_config_last_reload_successful
    or caddy_config_last_reload_successful
  ) == 0`,
  for: "5m",
  summary: "{{ $labels.job }} refused its new configuration",
  description: "It goes on with the one before; what was changed has no effect.",
  dashboard: "slipway-overview",
};

const ruleFailing: Alert = {
  name: "RuleEvaluationFailing",
  severity: "warning",
  expression: `round(sum by (rule_group) (
    increase(prometheus_rule_evaluation_failures_total{job="prometheus"}[5m])
  )) > 0`,
  for: "5m",
  service: "prometheus",
  summary: `${value()} evaluations of the rules {{ $labels.rule_group }} failed within 5 minutes`,
  description: "Alerts of that group may stay silent.",
  dashboard: "slipway-overview",
};

const deliveryFailing: Alert = {
  name: "AlertDeliveryFailing",
  severity: "critical",
  // Counted when the retries of a minute, of a warning those of 5, have failed too.
  expression: `round(sum by (integration) (
    increase(alertmanager_notifications_failed_total{job="alertmanager"}[15m])
  )) > 1`,
  service: "alertmanager",
  summary: `${value()} messages by {{ $labels.integration }} could not be delivered within 15 minutes`,
  description: "Alerts don't reach people that way; this one comes by the other receivers, if there are any.",
  dashboard: "slipway-overview",
};

const logsRefused: Alert = {
  name: "LogsRefused",
  severity: "warning",
  expression: `round(sum by (reason) (increase(loki_discarded_samples_total{job="loki"}[5m]))) > 0`,
  for: "5m",
  service: "loki",
  summary: `Loki refused ${value()} log lines within 5 minutes: {{ $labels.reason }}`,
  description: "These lines are lost to the dashboards; docker logs still has them for a while.",
  dashboard: "slipway-logs",
};

const collectorFailing: Alert = {
  name: "CollectorFailing",
  severity: "warning",
  expression: [
    "send_failed_log_records",
    "enqueue_failed_log_records",
    "send_failed_spans",
    "enqueue_failed_spans",
  ]
    .map((what) => `round(sum by (exporter) (increase(otelcol_exporter_${what}{job="collector"}[5m]))) > 0`)
    .join("\n  or "),
  for: "10m",
  service: "collector",
  summary: `${value()} logs or spans of {{ $labels.exporter }} could not be passed on within 5 minutes`,
  description: "Logs or traces of this time are lost or late.",
  dashboard: "slipway-logs",
};
