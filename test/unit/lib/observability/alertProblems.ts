import { alertGroups } from "../../../../lib/observability/alerts";
import type { Observed } from "../../../../lib/observability/observed";
import type { PartName } from "../../../../lib/observability/parts";
import { promqlProblem } from "../../../../lib/observability/promql";
import type { AlertRule, RecordingRule } from "../../../../lib/observability/rules";

export function alertsOf(observed: Observed): AlertRule[] {
  return alertGroups(observed).flatMap(({ rules }) => rules.filter((rule) => "alert" in rule));
}

export function recordingsOf(observed: Observed): RecordingRule[] {
  return alertGroups(observed).flatMap(({ rules }) => rules.filter((rule) => "record" in rule));
}

export function namesRepeated(observed: Observed): string[] {
  const names = [
    ...alertsOf(observed).map(({ alert }) => alert),
    ...recordingsOf(observed).map(({ record }) => record),
  ];
  return names.filter((name, index) => names.indexOf(name) !== index);
}

export function groupsAmiss(observed: Observed): string[] {
  const groups = alertGroups(observed);
  const names = groups.map(({ name }) => name);
  return groups
    .filter(({ rules }, index) => rules.length === 0 || names.indexOf(names[index] ?? "") !== index)
    .map(({ name }) => name);
}

export function unparsable(observed: Observed): string[] {
  return alertGroups(observed).flatMap(({ rules }) =>
    rules.flatMap(({ expr }) => {
      const problem = promqlProblem(expr);
      return problem === undefined ? [] : [`${expr}: ${problem}`];
    }),
  );
}

/** Who gives the metrics that begin with a word, and the job that it is scraped by. */
const sources: readonly (readonly [metrics: RegExp, part: PartName])[] = [
  [/\bnode_|job="node"/, "nodeExporter"],
  [/\bpg_|job="postgres"/, "postgresExporter"],
  [/\bredis_|job="redis"/, "redisExporter"],
  [/\bloki_|job="loki"/, "loki"],
  [/\botelcol_|job="collector"|\bcontainer_(?:memory|cpu)/, "collector"],
  [/\bslipway_(?:container|guardian)_/, "guardian"],
  [/\bprobe_|job="probe"/, "blackboxExporter"],
  [/\balertmanager_notifications_/, "alertmanager"],
];

export function askedInVain(observed: Observed): string[] {
  return alertGroups(observed).flatMap(({ rules }) =>
    rules.flatMap(({ expr }) => [
      ...sources
        .filter(([metrics, part]) => metrics.test(expr) && !observed.parts.includes(part))
        .map(([, part]) => `${part}: ${expr}`),
      ...(expr.includes('job="app"') && observed.services.length === 0 ? [`no services: ${expr}`] : []),
      ...(/job="probe"|caddy_http/.test(expr) && observed.routes.length === 0 ? [`no routes: ${expr}`] : []),
      ...backupsAskedInVain(observed, expr),
      ...(expr.includes("probe_ssl") && !observed.publicCertificates ? [`own certificates: ${expr}`] : []),
    ]),
  );
}

function backupsAskedInVain({ backups }: Observed, expr: string): string[] {
  const asked: readonly (readonly [metrics: RegExp, there: boolean])[] = [
    [/\bslipway_(?:backup|restore_point)_|\bbackup:/, backups !== undefined],
    [/\bslipway_drill_/, backups?.database === true],
    [/\bslipway_(?:wal|base_backup)_/, backups?.pitr === true],
    [/"s3"/, backups?.repositories.includes("s3") === true],
  ];
  return asked
    .filter(([metrics, there]) => metrics.test(expr) && !there)
    .map(([metrics]) => `${metrics}: ${expr}`);
}

export function incomplete(observed: Observed): string[] {
  const valueless = /^[^<>]*(?:== 0|== 1|vector\(1\))[^<>]*$/;
  return alertsOf(observed)
    .filter(({ labels, annotations, expr }) => {
      const { summary, description = "", runbook_url = "", dashboard_url = "" } = annotations;
      return !(
        ["critical", "warning", "none"].includes(labels.severity) &&
        summary !== "" &&
        !summary.includes("\n") &&
        // Of what is 0 or 1 the value says nothing.
        (summary.includes("$value") || valueless.test(expr)) &&
        description.endsWith(".") &&
        runbook_url.startsWith("docs/runbooks/") &&
        dashboard_url.startsWith("https://grafana.example.com/d/slipway-")
      );
    })
    .map(({ alert }) => alert);
}

export function unrecorded(observed: Observed): string[] {
  const recorded = recordingsOf(observed).map(({ record }) => record);
  return alertsOf(observed).flatMap(({ alert, expr }) =>
    [...expr.matchAll(/\b(?:host|app|backup):[a-z0-9_:]+/g)]
      .map(([name]) => name)
      .filter((name) => !recorded.includes(name))
      .map((name) => `${alert}: ${name}`),
  );
}
