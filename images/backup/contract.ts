import type { BackupStatus, DrillResult, DrillStatus, RunSummary } from "./statusFiles";

/**
 * What the backup service, the drill and those who call them agree on. The services run in containers of one image; the
 * program that makes the containers and the operations that people run import these types too.
 */

export type * from "./statusFiles";

/** Where things are in the containers. */
export interface Paths {
  readonly settings: "/etc/backup/settings.json";
  /** The repositories' key, one line. */
  readonly repositoryKey: "/run/secrets/backup/repository-key";
  /** In the form of AWS' shared credentials file; only with a repository in a store. */
  readonly storeCredentials: "/run/secrets/backup/store-credentials";
  /** Of the database's role for backups; the drill has none. */
  readonly databasePassword: "/run/secrets/backup/database-password";
  /** The local repository, a volume of its own; read-only for the drill. */
  readonly repository: "/repository";
  /** What both services know, a volume that they share. */
  readonly state: "/state";
  /** Scratch space on disk that goes with the container. */
  readonly work: "/work";
  /** A folder each of the volumes that are backed up, read-only. */
  readonly volumes: "/volumes";
  /** Unix socket of the service in the same container. */
  readonly socket: "/tmp/service.sock";
  readonly program: "/opt/backup";
}

/** The file `settings.json`. A change of it replaces the containers. */
export interface Settings {
  readonly system: string;
  readonly stack: string;
  /** Every day at that time, UTC. */
  readonly schedule: { readonly hour: number; readonly minute: number };
  readonly keep: Keep;
  /** The first one is written by the backup itself, the others get copies of its snapshots. */
  readonly repositories: readonly RepositorySettings[];
  /** Undefined where somebody else runs the server: its database is theirs to back up. */
  readonly database?: DatabaseSettings;
  /** Names of the volumes that are backed up, each a folder in /volumes. */
  readonly volumes: readonly string[];
  /** Whether recovery to any moment is possible: the write-ahead log is shipped all the time. */
  readonly pitr: boolean;
}

/** How much is kept. A backup that any of these counts is kept. */
export interface Keep {
  /** The last backup of each of so many days that have one. */
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
  /** Dumps before a migration, the last ones. */
  readonly restorePoints: number;
}

export type RepositoryName = "local" | "s3";

export interface RepositorySettings {
  readonly name: RepositoryName;
  /** As restic has it: `/repository`, `s3:https://nyc3.digitaloceanspaces.com/bucket/prefix`. */
  readonly location: string;
  /** Of the store. */
  readonly region?: string;
  /** The credentials can't delete anything but locks: what is too old is removed by somebody else. */
  readonly appendOnly: boolean;
}

export interface DatabaseSettings {
  readonly host: string;
  readonly port: number;
  /** The system's database; every other one of the server is backed up too. */
  readonly name: string;
  /** Reads all rows, and writes the heartbeat. */
  readonly user: string;
  /** May connect to the system's database. */
  readonly roles: readonly string[];
}

/** Pins of the images by name, and when they began to serve. */
export interface Release {
  readonly pins: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly since: string;
}

export type Reason = "scheduled" | "manual" | "restore-point";

/**
 * What a complete backup has: the last thing that it writes, so a backup without one is none. It is the file
 * `manifest.json` of the snapshot with the tag `kind=files`.
 */
export interface Manifest {
  readonly format: 1;
  /** Id of the backup, the moment it began in UTC: `20261121T020000Z`. */
  readonly run: string;
  readonly reason: Reason;
  /** Of a restore point: the release whose migration follows. */
  readonly before?: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Undefined before the first release serves. */
  readonly release?: Release;
  /** Such as `17.5`; undefined without a database. */
  readonly serverVersion?: string;
  readonly databases: Readonly<Record<string, DatabaseRecord>>;
  readonly volumes: readonly string[];
}

export interface DatabaseRecord {
  /** restic's id of the snapshot in the first repository; a copy has another id and the same tags. */
  readonly snapshot: string;
  /** Of the dump. */
  readonly bytes: number;
  /** Rows of each table, `schema.table`, at the moment of the dump. */
  readonly tables: Readonly<Record<string, number>>;
  /** When the row in slipway.heartbeat was written that the dump must have, ISO 8601. Of the system's database alone. */
  readonly heartbeat?: string;
  /** SHA-256 of the schema as pg_dump prints it, without what differs from dump to dump. */
  readonly schemaDigest: string;
}

/** A complete backup in a repository, as its tags tell it. */
export interface BackupEntry {
  readonly run: string;
  /** ISO 8601. */
  readonly time: string;
  readonly reason: Reason;
  /** Of a restore point: the release whose migration followed. */
  readonly before?: string;
}

/**
 * What the backup service does when asked, by `node /opt/backup/cli.mjs <command>` with the input as JSON on standard
 * input: one thing at a time, in the order of asking. The result is JSON on standard output, what people should read
 * goes to standard error, and a failure ends with exit code 1.
 */
export interface BackupCommands {
  /** Makes a backup now. */
  backup: Command<{ reason: "manual" | "restore-point"; before?: string }, RunSummary>;
  status: Command<Record<string, never>, BackupStatus>;
  /** The newest first. */
  list: Command<{ repository?: RepositoryName }, readonly BackupEntry[]>;
  manifest: Command<{ run: string; repository?: RepositoryName }, Manifest>;
  /** Keeps what serves from now on, for the manifests. */
  "note-release": Command<{ release: Release }, Record<string, never>>;
  /** Of the system's database as it is now. */
  "schema-digest": Command<Record<string, never>, { digest: string }>;
  /**
   * Restores a database beside the one that serves, and compares its rows with the manifest. Nothing that serves is
   * touched, and what was made is removed when it fails.
   */
  "restore-database": Command<
    DatabaseCommand & ({ run: string; repository?: RepositoryName } | { recovered: string }),
    RestoredDatabase
  >;
  /** Exchanges two databases in one transaction; sessions on them are ended. */
  "swap-database": Command<DatabaseCommand & { restored: string }, { kept: string }>;
  /** Only one that a restore made or kept. */
  "drop-database": Command<DatabaseCommand, Record<string, never>>;
  /** Forgets what is too old and frees its space, also where `appendOnly` forbids it the service by itself. */
  prune: Command<{ repository: RepositoryName; credentials?: StoreCredentials }, { removed: number }>;
}

/** As {@link BackupCommands}, of the drill. */
export interface DrillCommands {
  /** Restores a backup, the newest unless given, into a throw-away server and looks at it. */
  drill: Command<{ run?: string; repository?: RepositoryName }, DrillResult>;
  /** Recovers the server to a moment in a throw-away server, and leaves a dump of each database for `restore-database`. */
  recover: Command<{ time: string; repository?: RepositoryName }, Recovered>;
  status: Command<Record<string, never>, DrillStatus>;
}

export interface Command<Input, Result> {
  readonly input: Input;
  readonly result: Result;
}

export interface StoreCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface DatabaseCommand {
  readonly database: string;
  /** Password of the superuser: the service has none of its own. */
  readonly adminPassword: string;
}

export interface RestoredDatabase {
  /** Name of the new database: `clubhouse_restore_20261121t021500z`. */
  readonly database: string;
  readonly seconds: number;
  readonly rows: number;
  readonly recoveryPoint?: string;
}

export interface Recovered {
  /** Names a folder in /state/recovered, with `<database>.dump` and `manifest.json`. */
  readonly recovered: string;
  /** Moment of the last transaction that is in it, ISO 8601. */
  readonly recoveryPoint?: string;
}

/** One line of what the service answers on its socket. */
export type Message<Result> =
  | { readonly log: string }
  | { readonly result: Result }
  | { readonly error: string };
