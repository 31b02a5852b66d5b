import type { Reason, Release, RepositoryName } from "./contract";

/** How one run of something went. */
export interface Outcome {
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Undefined when it succeeded. */
  readonly error?: string;
}

/** The file /state/backup.json, written by the backup service after every run. */
export interface BackupStatus {
  /** Of each kind of run. */
  readonly last: Readonly<Partial<Record<Reason, Outcome & { readonly run: string }>>>;
  /** The run that goes on. When the service begins with one, that was broken off by its end. */
  readonly running?: Running | undefined;
  /** The last complete backup in the first repository that is no restore point: those have no volumes. */
  readonly lastSuccess?: RunSummary;
  /** The last restore point. */
  readonly lastRestorePoint?: RunSummary;
  readonly repositories: Readonly<Partial<Record<RepositoryName, RepositoryStatus>>>;
  readonly wal?: WalStatus;
  readonly release?: Release;
}

export interface Running {
  readonly reason: Reason;
  readonly run: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

export interface RepositoryStatus {
  /** When the last complete backup had arrived in it, ISO 8601. */
  readonly lastSuccess?: string;
  /** The last check of its structure. */
  readonly check?: Outcome;
  /** Complete backups in it. */
  readonly backups: number;
  /** On disk or in the store. */
  readonly bytes: number;
  /** Why it could not be written last time. */
  readonly error?: string;
}

export interface WalStatus {
  /** Every change committed until then is in all repositories, ISO 8601. */
  readonly shippedUntil?: string;
  /** The last base backup, ISO 8601. */
  readonly baseBackup?: string;
  readonly error?: string;
}

export interface RunSummary {
  readonly run: string;
  readonly time: string;
  readonly seconds: number;
  /** Of all dumps and files. */
  readonly bytes: number;
  /** That the first repository grew by. */
  readonly addedBytes: number;
}

/** The file /state/drill.json, written by the drill after every run. */
export interface DrillStatus {
  readonly last?: DrillResult;
  readonly lastSuccess?: DrillResult;
}

export interface DrillResult extends Outcome {
  /** The backup that was restored. */
  readonly run: string;
  readonly repository: RepositoryName;
  readonly seconds: number;
  /** Rows that were compared. */
  readonly rows: number;
  /** The moment up to which the restored database has everything: its heartbeat, ISO 8601. */
  readonly recoveryPoint?: string;
  /** With `pitr`: the same of a recovery from base backup and write-ahead log. */
  readonly pitrRecoveryPoint?: string;
  /** What else was looked at: `pg_amcheck: 312 relations`. */
  readonly checks: readonly string[];
}
