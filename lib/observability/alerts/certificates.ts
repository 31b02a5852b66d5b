import type { Observed } from "../observed";
import type { RuleGroup } from "../rules";
import { type Alert, alertRule, value } from "./alert";

/** Days: the last chance to act by hand. */
const critical = 3;

const daysLeft = `(min by (host) (label_replace(
    probe_ssl_earliest_cert_expiry{job="probe"}, "host", "$1", "instance", "https://([^/:]+).*"
  )) - time()) / 86400`;

/** Certificates of a public authority are renewed a month ahead; those of the proxy's own last hours only. */
export function certificateAlerts(observed: Observed): RuleGroup {
  const { thresholds } = observed;
  const alerts: Alert[] = [
    {
      name: "CertificateExpiring",
      severity: "warning",
      expression: `${daysLeft} < ${thresholds.certificateDays} >= ${critical}`,
      for: "1h",
      summary: `{{ $labels.host }}: the certificate ends in ${value(1)} days`,
      description: "The proxy renews it when a third of its time is left; this one should have been renewed.",
      dashboard: "slipway-proxy",
    },
    {
      name: "CertificateAboutToExpire",
      severity: "critical",
      expression: `${daysLeft} < ${critical}`,
      for: "5m",
      summary: `{{ $labels.host }}: the certificate ends in ${value(1)} days`,
      description: "From then on every browser refuses the page.",
      dashboard: "slipway-proxy",
    },
  ];
  return { name: "certificates", rules: alerts.map((alert) => alertRule(observed, alert)) };
}
