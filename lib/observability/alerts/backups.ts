import type { Observed, ObservedBackups } from "../observed";
import type { RecordingRule, RuleGroup } from "../rules";
import { type Alert, alertRule, value } from "./alert";

/** The last moment that is known of each, by the label `of`. */
const last = "backup:last:timestamp_seconds";

/** A failure is tried again after 10 minutes: nobody is called for one that heals. */
const afterRetry = "15m";

/** Seconds. The write-ahead log is shipped every 30. */
export const walAge = 300;

/** Backups, the drill that proves them, and the write-ahead log that is shipped in between. */
export function backupAlerts(observed: Observed, backups: ObservedBackups): RuleGroup {
  const { repositories, database, pitr } = backups;
  const { backupAge } = observed.thresholds;
  // The first is written by the backup itself: it is as old as that.
  const copies = repositories.slice(1);
  // What is known of one that was given up is no news.
  const used = `repository=~"${repositories.join("|")}"`;
  const alerts = [
    ...[backupFailed, backupTooOld(backupAge), repositoryUnreachable(used), repositoryDamaged(used)],
    ...(copies.length > 0 ? [repositoryTooOld(copies, backupAge)] : []),
    ...(database ? [drillFailed, drillTooOld(2 * backupAge)] : []),
    ...(pitr ? [walNotShipped, baseBackupTooOld(backupAge)] : []),
  ];
  return {
    name: "backups",
    rules: [lastKnown(moments(backups, copies)), ...alerts.map((alert) => alertRule(observed, alert))],
  };
}

/** The metric of each moment. */
function moments({ database, pitr }: ObservedBackups, copies: readonly string[]): Record<string, string> {
  return {
    backup: "slipway_backup_last_success_timestamp_seconds",
    ...Object.fromEntries(
      copies.map((name) => [
        name,
        `slipway_backup_repository_last_success_timestamp_seconds{repository="${name}"}`,
      ]),
    ),
    ...(database ? { drill: "slipway_drill_last_success_timestamp_seconds" } : {}),
    ...(pitr
      ? { log: "slipway_wal_shipped_timestamp_seconds", base: "slipway_base_backup_timestamp_seconds" }
      : {}),
  };
}

/**
 * What isn't there must alert as well: when a metric is gone, as its service may be, what it told last goes on counting.
 * Of what there has never been it is the moment that it was first asked for, so that neither a new stack nor a new
 * repository alerts before its first backup is due.
 */
function lastKnown(metrics: Readonly<Record<string, string>>): RecordingRule {
  const names = Object.keys(metrics);
  const told = Object.entries(metrics).map(([of, metric]) => labelled(metric, of));
  const now = names.map((of) => labelled("vector(time())", of));
  return {
    record: last,
    // A day: Prometheus may be away as long without beginning anew.
    expr: `max by (of) (
    ${told.join("\n    or ")}
  )
  or max by (of) (last_over_time(${last}{of=~"${names.join("|")}"}[1d]))
  or ${now.join("\n  or ")}`,
  };
}

function labelled(expression: string, of: string): string {
  return `label_replace(${expression}, "of", "${of}", "", "")`;
}

function hoursSince(of: string): string {
  return `(time() - max(${last}{of="${of}"})) / 3600`;
}

const backupFailed: Alert = {
  name: "BackupFailed",
  severity: "critical",
  service: "backup",
  // Of a kind that runs rarely, a failure is over when a later backup of another kind succeeded.
  expression: `(
    max by (reason) (slipway_backup_last_run_timestamp_seconds)
    and on (reason) slipway_backup_last_run_success == 0
  ) >= on () group_left () (max(slipway_backup_last_success_timestamp_seconds) or vector(0))`,
  for: afterRetry,
  summary: "the {{ $labels.reason }} backup failed at {{ $value | humanizeTimestamp }}",
  description: "Earlier backups are as they were; what was written since the last one is in none.",
  dashboard: "slipway-backups",
};

function backupTooOld(hours: number): Alert {
  return {
    name: "BackupTooOld",
    severity: "critical",
    service: "backup",
    expression: `${hoursSince("backup")} > ${hours}`,
    for: afterRetry,
    summary: `no backup for ${value()} hours`,
    description: "What was written since then is lost if the disk is. Nothing is known of a later backup.",
    dashboard: "slipway-backups",
  };
}

function repositoryUnreachable(repositories: string): Alert {
  return {
    name: "RepositoryUnreachable",
    severity: "warning",
    service: "backup",
    expression: `max by (repository) (slipway_backup_repository_up{${repositories}}) == 0`,
    for: afterRetry,
    summary: "the last backup could not be written to the repository {{ $labels.repository }}",
    description: "It is tried again; until then the repository lacks the newest backup.",
    dashboard: "slipway-backups",
  };
}

function repositoryTooOld(copies: ObservedBackups["repositories"], hours: number): Alert {
  return {
    name: "RepositoryTooOld",
    severity: "critical",
    service: "backup",
    expression: `max by (repository) (label_replace(
    (time() - ${last}{of=~"${copies.join("|")}"}) / 3600, "repository", "$1", "of", "(.+)"
  )) > ${hours}`,
    for: afterRetry,
    summary: `no backup has arrived in the repository {{ $labels.repository }} for ${value()} hours`,
    description: "If the server is lost, and its own repository with it, what was written since then is too.",
    dashboard: "slipway-backups",
  };
}

function repositoryDamaged(repositories: string): Alert {
  return {
    name: "RepositoryDamaged",
    severity: "critical",
    service: "backup",
    expression: `max by (repository) (slipway_backup_repository_check_success{${repositories}}) == 0`,
    summary: "the check of the repository {{ $labels.repository }} failed",
    description:
      "Backups in it may not be restored in full. What could be repaired has been, and was not enough.",
    dashboard: "slipway-backups",
  };
}

const drillFailed: Alert = {
  name: "DrillFailed",
  severity: "critical",
  service: "drill",
  expression: "max(slipway_drill_last_run_success) == 0",
  summary: "the last restore for proof failed",
  description: "The backup that it restored can't be relied on. Nothing that serves is concerned.",
  dashboard: "slipway-backups",
};

function drillTooOld(hours: number): Alert {
  return {
    name: "DrillTooOld",
    severity: "warning",
    service: "drill",
    expression: `${hoursSince("drill")} > ${hours}`,
    for: afterRetry,
    summary: `no backup has been proved by a restore for ${value()} hours`,
    description: "There may be backups, but nobody knows whether they can be restored.",
    dashboard: "slipway-backups",
  };
}

const walNotShipped: Alert = {
  name: "WalNotShipped",
  severity: "critical",
  service: "backup",
  expression: `time() - max(${last}{of="log"}) > ${walAge}`,
  // A machine that starts again has to catch up first.
  for: "2m",
  summary: `the write-ahead log has not been shipped for ${value()} seconds`,
  description: "What was committed since then is lost if the disk is, and the log takes more and more of it.",
  dashboard: "slipway-backups",
};

function baseBackupTooOld(hours: number): Alert {
  return {
    name: "BaseBackupTooOld",
    severity: "warning",
    service: "backup",
    expression: `${hoursSince("base")} > ${hours}`,
    for: afterRetry,
    summary: `no base backup for ${value()} hours`,
    description: "A recovery to a moment takes longer: it replays the log from the last base backup on.",
    dashboard: "slipway-backups",
  };
}
