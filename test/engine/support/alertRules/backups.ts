import { type AlertCase, critical, type Firing, warning } from "./case";

const from = 'job="backup",instance="backup:9810"';
const lastRun = (reason: string) => `slipway_backup_last_run_timestamp_seconds{${from},reason="${reason}"}`;
const lastRunSuccess = (reason: string) => `slipway_backup_last_run_success{${from},reason="${reason}"}`;
const lastSuccess = `slipway_backup_last_success_timestamp_seconds{${from}}`;
const lastDrill = `slipway_drill_last_success_timestamp_seconds{${from}}`;
const arrived = (repository: string) =>
  `slipway_backup_repository_last_success_timestamp_seconds{${from},repository="${repository}"}`;
const up = (repository: string) => `slipway_backup_repository_up{${from},repository="${repository}"}`;
const check = (repository: string) =>
  `slipway_backup_repository_check_success{${from},repository="${repository}"}`;
const shipped = `slipway_wal_shipped_timestamp_seconds{${from}}`;
const baseBackup = `slipway_base_backup_timestamp_seconds{${from}}`;

const backup = { service: "backup" };
const copy = { repository: "s3" };

/** The longest that a sample is still looked at; 12 are an hour. */
const every = "5m";

export const backupCases: readonly AlertCase[] = [
  {
    alert: "BackupFailed",
    when: "the scheduled one fails, and when it is tried again",
    series: {
      [lastSuccess]: "60x200",
      [lastRun("scheduled")]: "60x20 360x40 960x140",
      [lastRunSuccess("scheduled")]: "1x20 0x180",
      [lastRun("manual")]: "30x200",
      [lastRunSuccess("manual")]: "1x200",
    },
    at: "25m",
    fires: [
      {
        labels: { ...critical, ...backup, reason: "scheduled" },
        summary: "the scheduled backup failed at 1970-01-01 00:16:00 +0000 UTC",
      },
    ],
  },
  {
    alert: "BackupFailed",
    when: "there has never been one that succeeded",
    series: { [lastRun("restore-point")]: "60x200", [lastRunSuccess("restore-point")]: "0x200" },
    at: "25m",
    fires: [
      {
        labels: { ...critical, ...backup, reason: "restore-point" },
        summary: "the restore-point backup failed at 1970-01-01 00:01:00 +0000 UTC",
      },
    ],
  },
  {
    alert: "BackupFailed",
    when: "it succeeds when it is tried again",
    series: {
      [lastSuccess]: "60x60 960x140",
      [lastRun("scheduled")]: "60x20 360x40 960x140",
      [lastRunSuccess("scheduled")]: "1x20 0x40 1x140",
    },
    at: "25m",
    fires: [],
  },
  {
    alert: "BackupFailed",
    when: "one of another kind has succeeded since",
    series: {
      [lastSuccess]: "600x200",
      [lastRun("manual")]: "60x200",
      [lastRunSuccess("manual")]: "0x200",
      [lastRun("scheduled")]: "600x200",
      [lastRunSuccess("scheduled")]: "1x200",
    },
    at: "25m",
    fires: [],
  },
  ...tooOld(
    { alert: "BackupTooOld", metric: lastSuccess, hours: 26, labels: { ...critical, ...backup } },
    (hours) => `no backup for ${hours} hours`,
  ),
  ...tooOld(
    {
      alert: "RepositoryTooOld",
      metric: arrived("s3"),
      hours: 26,
      labels: { ...critical, ...backup, ...copy },
    },
    (hours) => `no backup has arrived in the repository s3 for ${hours} hours`,
  ),
  {
    alert: "RepositoryTooOld",
    when: "it is the first one, whose age is the backup's",
    every,
    series: { [arrived("local")]: "0x400", [arrived("s3")]: "86400x400" },
    at: "28h",
    fires: [],
  },
  {
    alert: "RepositoryUnreachable",
    when: "the store has been away for two attempts",
    series: { [up("local")]: "1x200", [up("s3")]: "1x20 0x180" },
    at: "25m",
    fires: [
      {
        labels: { ...warning, ...backup, ...copy },
        summary: "the last backup could not be written to the repository s3",
      },
    ],
  },
  {
    alert: "RepositoryUnreachable",
    when: "it is back when it is tried again",
    series: { [up("local")]: "1x200", [up("s3")]: "1x20 0x40 1x140" },
    at: "25m",
    fires: [],
  },
  {
    alert: "RepositoryDamaged",
    when: "its check fails",
    series: { [check("local")]: "1x20 0x40", [check("s3")]: "1x60" },
    at: "6m",
    fires: [
      {
        labels: { ...critical, ...backup, repository: "local" },
        summary: "the check of the repository local failed",
      },
    ],
  },
  {
    alert: "RepositoryDamaged",
    when: "it is sound, has not been checked yet, or was given up",
    series: { [check("local")]: "1x60", [up("s3")]: "1x60", [check("former")]: "0x60" },
    at: "6m",
    fires: [],
  },
  {
    alert: "DrillFailed",
    when: "the last one failed",
    series: { [`slipway_drill_last_run_success{${from}}`]: "1x20 0x40" },
    at: "6m",
    fires: [{ labels: { ...critical, service: "drill" }, summary: "the last restore for proof failed" }],
  },
  {
    alert: "DrillFailed",
    when: "the next one succeeded",
    series: { [`slipway_drill_last_run_success{${from}}`]: "0x10 1x40" },
    at: "6m",
    fires: [],
  },
  ...tooOld(
    { alert: "DrillTooOld", metric: lastDrill, hours: 52, labels: { ...warning, service: "drill" } },
    (hours) => `no backup has been proved by a restore for ${hours} hours`,
  ),
  ...tooOld(
    { alert: "BaseBackupTooOld", metric: baseBackup, hours: 26, labels: { ...warning, ...backup } },
    (hours) => `no base backup for ${hours} hours`,
  ),
  wal("the store takes nothing", "0+15x20 300x80", "15m", 600),
  wal("its service is gone", "0+15x20 stale", "15m", 600),
  wal("it never was", undefined, "8m", 480),
  wal("every 30 seconds", "0x1 15+15x100", "15m"),
  // Time is 0 at the start: the service comes 4 minutes later.
  wal("a new stack takes a few minutes", "_x16 240+15x60", "8m"),
  wal("the machine was away for an hour, and catches up", "0x2 _x240 0x4 3690+15x60", "1h5m"),
];

interface Age {
  readonly alert: string;
  readonly metric: string;
  /** From which on it is too old. */
  readonly hours: number;
  readonly labels: Firing["labels"];
}

function tooOld(age: Age, summary: (hours: number) => string): AlertCase[] {
  const { alert, metric, hours, labels } = age;
  /** Samples of so many hours. */
  const during = (count: number) => count * 12;
  const at = (when: string, values: string | undefined, time: number, known?: number): AlertCase => ({
    alert,
    when,
    every,
    series: values === undefined ? {} : { [metric]: values },
    at: `${time}h`,
    fires: known === undefined ? [] : [{ labels, summary: summary(known) }],
  });
  return [
    at("the last one was an hour after the start", `3600x${during(hours + 4)}`, hours + 3, hours + 2),
    at("there has never been one", undefined, hours + 1, hours + 1),
    at("its service is gone since", `3600x${during(2)} stale`, hours + 3, hours + 2),
    at("its service has been gone for days", `3600x${during(2)} stale`, 3 * hours, 3 * hours - 1),
    at("it is a new stack, on its first day", undefined, hours),
    at("they come every day", `0x${during(24)} ${24 * 3600}x${during(30)}`, hours + 4),
    at("its service is away, and the last one was in time", `3600x${during(20)} stale`, hours),
    at("it comes late", `0x${during(hours)} ${hours * 3600}x${during(4)}`, hours + 1),
  ];
}

function wal(when: string, values: string | undefined, at: string, seconds?: number): AlertCase {
  return {
    alert: "WalNotShipped",
    when,
    series: values === undefined ? {} : { [shipped]: values },
    at,
    fires:
      seconds === undefined
        ? []
        : [
            {
              labels: { ...critical, ...backup },
              summary: `the write-ahead log has not been shipped for ${seconds} seconds`,
            },
          ],
  };
}
