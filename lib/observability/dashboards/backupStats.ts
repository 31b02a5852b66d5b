import { walAge } from "../alerts/backups";
import type { Observed, ObservedBackups } from "../observed";
import type { Block } from "./fields";
import type { Section } from "./grid";
import { stat } from "./panels";

/** Seconds. */
export const hour = 3600;

/** How backups do, for people who have one minute. */
export function backupsInShort(
  { thresholds: { backupAge } }: Observed,
  { database, pitr }: ObservedBackups,
): Section {
  return {
    title: "Backups",
    blocks: [
      lastBackup(backupAge),
      ...(database ? [lastDrill(backupAge), recoveryPoint(backupAge)] : []),
      ...(pitr ? [walLag()] : []),
    ],
  };
}

/** Red when it is too old; so are the others. */
export function lastBackup(backupAge: number): Block {
  return stat({
    title: "Last backup",
    unit: "s",
    limit: { over: backupAge * hour },
    queries: [{ expr: ago("slipway_backup_last_success_timestamp_seconds"), legend: "ago" }],
  });
}

/** Where there is a database, which the drill restores. */
export function lastDrill(backupAge: number): Block {
  return stat({
    title: "Last drill",
    description: "The last time that a backup was restored for proof, with success.",
    unit: "s",
    limit: { over: 2 * backupAge * hour },
    queries: [{ expr: ago("slipway_drill_last_success_timestamp_seconds"), legend: "ago" }],
  });
}

/** As the drill measured it. */
export function recoveryPoint(backupAge: number): Block {
  return stat({
    title: "Recovery point",
    description: "What was written before is proved to come back: the last drill had it.",
    unit: "s",
    limit: { over: 2 * backupAge * hour },
    queries: [{ expr: ago("slipway_drill_recovery_point_timestamp_seconds"), legend: "ago" }],
  });
}

/** Where the write-ahead log is shipped. */
export function walLag(): Block {
  return stat({
    title: "WAL lag",
    description: "Every change that was committed before is in all repositories.",
    unit: "s",
    limit: { over: walAge },
    queries: [{ expr: ago("slipway_wal_shipped_timestamp_seconds"), legend: "ago" }],
  });
}

/** Seconds since the moment that a metric tells. */
export function ago(metric: string): string {
  return `time() - max(${metric})`;
}
