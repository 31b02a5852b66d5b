import { alertNames } from "../observability/rules";
import { type Finding, failed, ok, warning } from "./finding";

/** An alert as `amtool alert query -o json` gives it. Those that are silenced or inhibited aren't there. */
export interface FiringAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A line each, or one when nothing is wrong. */
export function judgeAlerts(alerts: readonly FiringAlert[]): Finding[] {
  const told = alerts.filter(
    ({ labels }) => labels.severity !== "none" && labels.alertname !== alertNames.test,
  );
  const watched = alerts.some(({ labels }) => labels.alertname === alertNames.watchdog);
  const findings = told.map(({ labels, annotations }) => {
    const judge = labels.severity === "critical" ? failed : warning;
    const advice = annotations.runbook_url ?? "docs/observability.md";
    return judge(`alert ${labels.alertname ?? ""}`, annotations.summary ?? labels.severity ?? "", advice);
  });
  if (!watched) {
    const advice = "`docker logs` of prometheus and alertmanager; after a start it takes a minute";
    findings.push(
      warning("alerts", `${alertNames.watchdog} is missing: Prometheus doesn't reach Alertmanager`, advice),
    );
  }
  return findings.length > 0 ? findings : [ok("alerts", "none fires")];
}
