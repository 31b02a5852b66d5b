import type {
  DatabaseSettings,
  RepositoryName,
  RepositorySettings,
  Settings,
} from "../../images/backup/contract";
import type { BackupSettings, StoreSettings } from "./settings";

export interface ServiceSettingsArgs {
  readonly system: string;
  readonly stack: string;
  readonly backups: BackupSettings;
  readonly database: DatabaseSettings | undefined;
  /** Names of the volumes that are backed up. */
  readonly volumes: readonly string[];
}

/** What the backup service and the drill go by. */
export function serviceSettings(args: ServiceSettingsArgs): Settings {
  const { system, stack, backups, database, volumes } = args;
  const [hour = 0, minute = 0] = backups.at.split(":").map(Number);
  return {
    system,
    stack,
    schedule: { hour, minute },
    keep: backups.keep,
    repositories: repositories(args),
    ...(database === undefined ? {} : { database }),
    volumes: [...volumes].sort(),
    pitr: backups.pitr && database !== undefined,
  };
}

/** The repositories of a stack, in the order in which they are written. */
export function repositoryNames({ local, s3 }: BackupSettings): RepositoryName[] {
  return [...(local ? ["local" as const] : []), ...(s3 === undefined ? [] : ["s3" as const])];
}

/** Where backups go; the local one first, as it is the quickest to write and to restore from. */
export function repositories({
  system,
  stack,
  backups,
}: Pick<ServiceSettingsArgs, "system" | "stack" | "backups">): RepositorySettings[] {
  const { local, s3 } = backups;
  return [
    ...(local ? [{ name: "local", location: "/repository", appendOnly: false } as const] : []),
    ...(s3 === undefined
      ? []
      : [
          {
            name: "s3",
            location: `s3:${s3.endpoint}/${s3.bucket}/${storePrefix(s3, system, stack)}`,
            region: s3.region,
            appendOnly: s3.appendOnly,
          } as const,
        ]),
  ];
}

/** Folder of the repository in its bucket. */
export function storePrefix({ prefix }: StoreSettings, system: string, stack: string): string {
  return prefix ?? `${system}/${stack}`;
}
