import { describe, expect, test } from "vitest";
import type { BackupStatus, DrillStatus } from "../../../images/backup/contract";
import { metricsText } from "../../../images/backup/metrics.mjs";

const at = (second: number) => new Date(second * 1000).toISOString();
const outcome = (second: number, error?: string) => ({
  startedAt: at(second - 5),
  finishedAt: at(second),
  ...(error !== undefined && { error }),
});
const summary = (second: number) => ({
  run: "r",
  time: at(second),
  seconds: 7.5,
  bytes: 100,
  addedBytes: 10,
});

const backup: BackupStatus = {
  last: {
    scheduled: { run: "a", ...outcome(1000) },
    "restore-point": { run: "b", ...outcome(2000, 'no space in "/repository"\n') },
  },
  lastSuccess: summary(900),
  lastRestorePoint: summary(800),
  repositories: {
    local: { lastSuccess: at(1000), check: outcome(1010), backups: 3, bytes: 5000 },
    s3: { check: outcome(1020, "damaged"), backups: 0, bytes: 0, error: "unreachable" },
  },
  wal: { shippedUntil: at(1500), baseBackup: at(1400) },
};

const result = {
  ...outcome(3000),
  run: "a",
  repository: "local",
  seconds: 12,
  rows: 99,
  checks: [],
} as const;
const drill: DrillStatus = {
  last: { ...result, ...outcome(4000, "a row is missing"), seconds: 13, rows: 98 },
  lastSuccess: { ...result, recoveryPoint: at(890), pitrRecoveryPoint: at(895) },
};

/** Samples without help and type. */
function samples(...of: Parameters<typeof metricsText>): string[] {
  return metricsText(...of)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
}

test("everything that is known is told", () => {
  expect(samples(backup, drill).sort()).toEqual([
    "slipway_backup_added_bytes 10",
    "slipway_backup_duration_seconds 7.5",
    'slipway_backup_last_run_success{reason="restore-point"} 0',
    'slipway_backup_last_run_success{reason="scheduled"} 1',
    'slipway_backup_last_run_timestamp_seconds{reason="restore-point"} 2000',
    'slipway_backup_last_run_timestamp_seconds{reason="scheduled"} 1000',
    "slipway_backup_last_success_timestamp_seconds 900",
    'slipway_backup_repository_backups{repository="local"} 3',
    'slipway_backup_repository_backups{repository="s3"} 0',
    'slipway_backup_repository_bytes{repository="local"} 5000',
    'slipway_backup_repository_bytes{repository="s3"} 0',
    'slipway_backup_repository_check_success{repository="local"} 1',
    'slipway_backup_repository_check_success{repository="s3"} 0',
    'slipway_backup_repository_check_timestamp_seconds{repository="local"} 1010',
    'slipway_backup_repository_check_timestamp_seconds{repository="s3"} 1020',
    'slipway_backup_repository_last_success_timestamp_seconds{repository="local"} 1000',
    'slipway_backup_repository_up{repository="local"} 1',
    'slipway_backup_repository_up{repository="s3"} 0',
    "slipway_backup_size_bytes 100",
    "slipway_base_backup_timestamp_seconds 1400",
    "slipway_drill_duration_seconds 13",
    "slipway_drill_last_run_success 0",
    "slipway_drill_last_run_timestamp_seconds 4000",
    "slipway_drill_last_success_timestamp_seconds 3000",
    "slipway_drill_pitr_recovery_point_timestamp_seconds 895",
    "slipway_drill_recovery_point_timestamp_seconds 890",
    "slipway_drill_rows 99",
    "slipway_restore_point_last_success_timestamp_seconds 800",
    "slipway_wal_shipped_timestamp_seconds 1500",
    "slipway_wal_shipping_success 1",
  ]);
});

describe("what isn't known", () => {
  test("is left out before the first run", () => {
    expect(samples({ last: {}, repositories: {} }, {})).toEqual([]);
  });

  test("of the write-ahead log is left out but for its error", () => {
    expect(samples({ last: {}, repositories: {}, wal: { error: "the slot is lost" } }, {})).toEqual([
      "slipway_wal_shipping_success 0",
    ]);
  });
});

test("each metric has its help and type once, before its samples", () => {
  const lines = metricsText(backup, drill).split("\n");
  const types = lines.filter((line) => line.startsWith("# TYPE ")).map((line) => line.split(" ")[2]);
  expect(new Set(types).size).toBe(types.length);
  let current: string | undefined;
  for (const line of lines.filter((each) => each !== "")) {
    if (line.startsWith("# TYPE ")) current = line.split(" ")[2];
    else if (!line.startsWith("#")) expect(line.split(/[ {]/)[0]).toBe(current);
  }
  expect(lines.at(-1)).toBe("");
});

test("a run succeeded whose backup is there, though a copy of it failed", () => {
  const last = { scheduled: { run: "r", ...outcome(1000, "the store is away") } };
  expect(samples({ ...backup, last }, drill)).toContain(
    'slipway_backup_last_run_success{reason="scheduled"} 1',
  );
});
