import { callBackup } from "./backupService";
import { awaitReadiness } from "./readiness";
import type { StartableContainer } from "./start";
import { stepMain } from "./step";

export interface StartBackupsInput {
  readonly service: StartableContainer;
  readonly drill: StartableContainer;
  /** Pin of each image that serves, by its short name. */
  readonly pins: Readonly<Record<string, string>>;
  /** Seconds until both must be ready. */
  readonly timeout: number;
}

/** Starts the backup service and the drill, and tells the service what its backups are of from now on. */
async function startBackups({ service, drill, pins, timeout }: StartBackupsInput) {
  await awaitReadiness("The backup service or its drill", [service, drill], timeout);
  const release = { pins, since: new Date().toISOString() };
  await callBackup(service.id, "note-release", { release }, { timeout });
  return { started: 2 };
}

if (require.main === module) void stepMain(startBackups);
