import { backupAlerts } from "./alerts/backups";
import { certificateAlerts } from "./alerts/certificates";
import { containerAlerts } from "./alerts/containers";
import { postgresAlerts, redisAlerts } from "./alerts/data";
import { errorBudgetRules } from "./alerts/errorBudget";
import { hostAlerts } from "./alerts/host";
import { monitoringAlerts } from "./alerts/monitoring";
import { requestRules } from "./alerts/requests";
import { serviceAlerts } from "./alerts/services";
import type { Observed } from "./observed";
import type { RuleGroup } from "./rules";

/**
 * What Prometheus alerts, and what it computes ahead for that: only of what runs. Each alert has a page in
 * `docs/runbooks/`, named as the alert is.
 */
export function alertGroups(observed: Observed): RuleGroup[] {
  const { parts, routes, publicCertificates, backups } = observed;
  if (!parts.includes("prometheus")) return [];
  const groups = [
    serviceAlerts(observed),
    ...(routes.length > 0 ? [requestRules(observed), ...errorBudgetRules(observed)] : []),
    ...(routes.length > 0 && parts.includes("blackboxExporter") && publicCertificates
      ? [certificateAlerts(observed)]
      : []),
    containerAlerts(observed),
    hostAlerts(observed),
    ...(parts.includes("postgresExporter") ? [postgresAlerts(observed)] : []),
    ...(parts.includes("redisExporter") ? [redisAlerts(observed)] : []),
    ...(backups === undefined ? [] : [backupAlerts(observed, backups)]),
    monitoringAlerts(observed),
  ];
  return groups.filter(({ rules }) => rules.length > 0);
}
