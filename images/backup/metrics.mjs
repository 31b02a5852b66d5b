// @ts-check

/** @typedef {import("./contract").BackupStatus} BackupStatus */
/** @typedef {import("./contract").DrillStatus} DrillStatus */
/** @typedef {readonly [labels: Readonly<Record<string, string>>, value: number | undefined]} Sample */

/**
 * @typedef {object} Metric
 * @property {string} name After `slipway_`.
 * @property {string} help
 * @property {(backup: BackupStatus, drill: DrillStatus) => readonly Sample[]} read A sample without a value isn't shown.
 */

/** @type {readonly Metric[]} */
const metrics = [
  ...perRun(),
  {
    name: "backup_last_success_timestamp_seconds",
    help: "When the last complete backup began.",
    read: ({ lastSuccess }) => one(seconds(lastSuccess?.time)),
  },
  {
    name: "backup_duration_seconds",
    help: "Of the last complete backup.",
    read: ({ lastSuccess }) => one(lastSuccess?.seconds),
  },
  {
    name: "backup_size_bytes",
    help: "What the last complete backup has read.",
    read: ({ lastSuccess }) => one(lastSuccess?.bytes),
  },
  {
    name: "backup_added_bytes",
    help: "What the first repository grew by with the last complete backup.",
    read: ({ lastSuccess }) => one(lastSuccess?.addedBytes),
  },
  ...perRepository(),
  {
    name: "restore_point_last_success_timestamp_seconds",
    help: "When the last restore point began.",
    read: ({ lastRestorePoint }) => one(seconds(lastRestorePoint?.time)),
  },
  {
    name: "wal_shipped_timestamp_seconds",
    help: "Every change committed until then is in all repositories.",
    read: ({ wal }) => one(seconds(wal?.shippedUntil)),
  },
  {
    name: "base_backup_timestamp_seconds",
    help: "The last base backup.",
    read: ({ wal }) => one(seconds(wal?.baseBackup)),
  },
  {
    name: "wal_shipping_success",
    help: "Whether the write-ahead log is shipped without an error.",
    read: ({ wal }) => one(wal === undefined ? undefined : Number(wal.error === undefined)),
  },
  ...ofDrill(),
];

/**
 * What both services know in the text format of Prometheus.
 * @param {BackupStatus} backup
 * @param {DrillStatus} drill
 * @returns {string}
 */
export function metricsText(backup, drill) {
  const lines = metrics.flatMap(({ name, help, read }) => [
    `# HELP slipway_${name} ${help}`,
    `# TYPE slipway_${name} gauge`,
    ...read(backup, drill)
      .filter(([, value]) => value !== undefined)
      .map(([labels, value]) => `slipway_${name}${written(labels)} ${value}`),
  ]);
  return `${lines.join("\n")}\n`;
}

/** @returns {Metric[]} */
function perRun() {
  /** @typedef {import("./contract").Outcome & { readonly run: string }} Run */
  /** @type {(read: (outcome: Run, backup: BackupStatus) => number | undefined) => Metric["read"]} */
  const each = (read) => (backup) =>
    Object.entries(backup.last).map(([reason, outcome]) => [{ reason }, read(outcome, backup)]);
  return [
    {
      name: "backup_last_run_timestamp_seconds",
      help: "When the last run ended, by what it was for.",
      read: each(({ finishedAt }) => seconds(finishedAt)),
    },
    {
      name: "backup_last_run_success",
      help: "Whether the last run succeeded, by what it was for.",
      // A copy that failed is told by its repository: the backup is there.
      read: each(({ error, run }, { lastSuccess }) =>
        Number(error === undefined || run === lastSuccess?.run),
      ),
    },
  ];
}

/** @returns {Metric[]} */
function perRepository() {
  /** @type {(read: (status: import("./contract").RepositoryStatus) => number | undefined) => Metric["read"]} */
  const each = (read) => (backup) =>
    Object.entries(backup.repositories).map(([repository, status]) => [{ repository }, read(status)]);
  return [
    {
      name: "backup_repository_last_success_timestamp_seconds",
      help: "When the last complete backup had arrived in the repository.",
      read: each(({ lastSuccess }) => seconds(lastSuccess)),
    },
    {
      name: "backup_repository_up",
      help: "Whether the last write to the repository succeeded.",
      read: each(({ error }) => Number(error === undefined)),
    },
    {
      name: "backup_repository_check_success",
      help: "Whether the last check of the repository found nothing.",
      read: each(({ check }) => (check === undefined ? undefined : Number(check.error === undefined))),
    },
    {
      name: "backup_repository_check_timestamp_seconds",
      help: "When the last check of the repository ended.",
      read: each(({ check }) => seconds(check?.finishedAt)),
    },
    {
      name: "backup_repository_backups",
      help: "Complete backups in the repository.",
      read: each(({ backups }) => backups),
    },
    {
      name: "backup_repository_bytes",
      help: "What the repository takes up.",
      read: each(({ bytes }) => bytes),
    },
  ];
}

/** @returns {Metric[]} */
function ofDrill() {
  return [
    {
      name: "drill_last_run_timestamp_seconds",
      help: "When the last drill ended.",
      read: (_, { last }) => one(seconds(last?.finishedAt)),
    },
    {
      name: "drill_last_success_timestamp_seconds",
      help: "When the last drill that succeeded ended.",
      read: (_, { lastSuccess }) => one(seconds(lastSuccess?.finishedAt)),
    },
    {
      name: "drill_last_run_success",
      help: "Whether the last drill succeeded.",
      read: (_, { last }) => one(last === undefined ? undefined : Number(last.error === undefined)),
    },
    {
      name: "drill_duration_seconds",
      help: "Of the last drill.",
      read: (_, { last }) => one(last?.seconds),
    },
    {
      name: "drill_rows",
      help: "Rows that the last drill that succeeded has compared.",
      read: (_, { lastSuccess }) => one(lastSuccess?.rows),
    },
    {
      name: "drill_recovery_point_timestamp_seconds",
      help: "Up to when the database had everything that the last drill that succeeded restored.",
      read: (_, { lastSuccess }) => one(seconds(lastSuccess?.recoveryPoint)),
    },
    {
      name: "drill_pitr_recovery_point_timestamp_seconds",
      help: "The same of its recovery from base backup and write-ahead log.",
      read: (_, { lastSuccess }) => one(seconds(lastSuccess?.pitrRecoveryPoint)),
    },
  ];
}

/**
 * @param {number | undefined} value
 * @returns {readonly Sample[]}
 */
function one(value) {
  return [[{}, value]];
}

/** @param {string | undefined} time ISO 8601. */
function seconds(time) {
  return time === undefined ? undefined : Date.parse(time) / 1000;
}

/** @param {Readonly<Record<string, string>>} labels Their values are names of ours, nothing is to be escaped. */
function written(labels) {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
