import type { Observed, ObservedBackups } from "../observed";
import type { RecordingRule, RuleGroup } from "../rules";
import { type Alert, alertRule, value } from "./alert";

/** Since when each is looked for. */
const watchStart = "backup:watch_start:timestamp_seconds";

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
  const alerts = [
    ...[backupFailed, backupTooOld(backupAge), repositoryUnreachable, repositoryDamaged],
    ...(copies.length > 0 ? [repositoryTooOld(copies, backupAge)] : []),
    ...(database ? [drillFailed, drillTooOld(2 * backupAge)] : []),
    ...(pitr ? [walNotShipped, baseBackupTooOld(backupAge)] : []),
  ];
  const watched = [
    ...["backup", ...copies],
    ...(database ? ["drill"] : []),
    ...(pitr ? ["base backup", "log"] : []),
  ];
  return {
    name: "backups",
    rules: [watchStarts(watched), ...alerts.map((alert) => alertRule(observed, alert))],
  };
}

/**
 * Keeps the first time that each was asked for: what was never made is too old some time after that, so neither a new
 * stack nor a new repository alerts before its first backup is due.
 */
function watchStarts(watched: readonly string[]): RecordingRule {
  const now = watched.map((of) => `label_replace(vector(time()), "of", "${of}", "", "")`);
  return {
    record: watchStart,
    // A day: Prometheus may be away as long without beginning anew.
    expr: `min by (of) (min_over_time(${watchStart}{of=~"${watched.join("|")}"}[1d]))
  or ${now.join("\n  or ")}`,
  };
}

/**
 * Seconds since the moment that a metric tells. When it is gone, as its service may be, what it told last counts for
 * some hours, and then the time that it has been watched for.
 */
function since(metric: string, of: string, hours: number): string {
  return `time() - (
    max(last_over_time(${metric}[${hours}h]))
    or max(${watchStart}{of="${of}"})
  )`;
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
  summary: "the {{ $labels.reason }} backup of {{ $value | humanizeTimestamp }} failed",
  description: "Earlier backups are as they were; what was written since the last one is in none.",
  dashboard: "slipway-backups",
};

function backupTooOld(hours: number): Alert {
  return {
    name: "BackupTooOld",
    severity: "critical",
    service: "backup",
    expression: `(${since("slipway_backup_last_success_timestamp_seconds", "backup", hours)}) / 3600 > ${hours}`,
    for: afterRetry,
    summary: `no backup for ${value()} hours`,
    description: "What was written since then is lost if the disk is. Nothing is known of a later backup.",
    dashboard: "slipway-backups",
  };
}

const repositoryUnreachable: Alert = {
  name: "RepositoryUnreachable",
  severity: "warning",
  service: "backup",
  expression: "max by (repository) (slipway_backup_repository_up) == 0",
  for: afterRetry,
  summary: "the last backup could not be written to the repository {{ $labels.repository }}",
  description: "It is tried again; until then the repository lacks the newest backup.",
  dashboard: "slipway-backups",
};

function repositoryTooOld(copies: ObservedBackups["repositories"], hours: number): Alert {
  const ages = copies.map((repository) => {
    const metric = `slipway_backup_repository_last_success_timestamp_seconds{repository="${repository}"}`;
    return `label_replace((${since(metric, repository, hours)}) / 3600, "repository", "${repository}", "", "") > ${hours}`;
  });
  return {
    name: "RepositoryTooOld",
    severity: "critical",
    service: "backup",
    expression: ages.join("\n  or "),
    for: afterRetry,
    summary: `no backup has arrived in the repository {{ $labels.repository }} for ${value()} hours`,
    description: "If the server is lost, and its own repository with it, what was written since then is too.",
    dashboard: "slipway-backups",
  };
}

const repositoryDamaged: Alert = {
  name: "RepositoryDamaged",
  severity: "critical",
  service: "backup",
  expression: "max by (repository) (slipway_backup_repository_check_success) == 0",
  summary: "the check of the repository {{ $labels.repository }} failed",
  description: "Backups in it may not be restored in full. A repair has been tried, and was not enough.",
  dashboard: "slipway-backups",
};

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
    expression: `(${since("slipway_drill_last_success_timestamp_seconds", "drill", hours)}) / 3600 > ${hours}`,
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
  expression: `${since("slipway_wal_shipped_timestamp_seconds", "log", 1)} > ${walAge}`,
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
    expression: `(${since("slipway_base_backup_timestamp_seconds", "base backup", hours)}) / 3600 > ${hours}`,
    for: afterRetry,
    summary: `no base backup for ${value()} hours`,
    description: "A recovery to a moment takes longer: it replays the log from the last base backup on.",
    dashboard: "slipway-backups",
  };
}
