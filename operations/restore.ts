import type { BackupEntry, Manifest } from "../images/backup/contract";
import { age, backupLines, begun, bytes, type Choice, chosenBackup } from "../lib/backup/choice";
import { type DatabaseTarget, databaseTarget, dropping, looking, refuseFullDisk } from "./databaseTarget";
import { Deployment } from "./deployment";
import { migrateAgain } from "./migrateAgain";
import { confirm } from "./options";
import { OperationError, operationMain } from "./pulumi";
import { type RestoreOptions, readRestoreOptions } from "./restoreOptions";
import { restoreVolume } from "./restoreVolume";
import { exchange, type RestoreSource, restoreBeside } from "./restoring";
import { callBackup, callDrill } from "./steps/backupService";

/**
 * Restores a database, or a volume, from a backup. The database that serves is left alone until another one, complete and
 * compared with the backup, is beside it; then both are exchanged, and the old one is kept.
 */
async function restore(): Promise<void> {
  const options = readRestoreOptions();
  const deployment = await Deployment.find(options.stack);
  const backup = await deployment.backupService();
  if (options.list) {
    const entries = await callBackup(backup, "list", inRepository(options));
    return console.log(backupLines(entries).join("\n") || "There is no complete backup.");
  }
  if ("time" in options.source) return restoreToTime(deployment, options, options.source.time);
  const { entry, manifest } = await chosen(backup, options, options.source);
  if (options.volume !== undefined) {
    return restoreVolume(deployment, backup, { ...options, volume: options.volume, entry, manifest });
  }
  return restoreDump(deployment, options, entry, manifest);
}

/** The backup that is meant, of those that have what is meant. */
async function chosen(backup: string, options: RestoreOptions, choice: Choice) {
  const all = await callBackup(backup, "list", inRepository(options));
  // Restore points have no volumes.
  const entries = options.volume === undefined ? all : all.filter(({ reason }) => reason !== "restore-point");
  try {
    const entry = chosenBackup(entries, choice);
    const manifest = await callBackup(backup, "manifest", { run: entry.run, ...inRepository(options) });
    return { entry, manifest };
  } catch (error) {
    throw error instanceof RangeError ? new OperationError(`nothing to restore: ${error.message}`) : error;
  }
}

async function restoreDump(
  deployment: Deployment,
  options: RestoreOptions,
  entry: BackupEntry,
  { databases, release }: Manifest,
): Promise<void> {
  const { run, reason, before } = entry;
  const time = begun(entry);
  const target = await databaseTarget(deployment, options.database);
  const { database } = target.command;
  const record = databases[database];
  if (record === undefined) {
    throw new OperationError(
      `backup ${run} has no database ${database}: it has ${Object.keys(databases).join(", ") || "none"}`,
    );
  }
  const rows = Object.values(record.tables).reduce((sum, count) => sum + count, 0);
  const kind = before === undefined ? reason : `${reason} before release ${before}`;
  console.log(
    `Backup ${run} (${kind}) of ${time}, ${age(time, new Date())} ago: database ${database}, ${rows} rows in ${Object.keys(record.tables).length} tables, ${bytes(record.bytes)}.`,
  );
  if (release !== undefined) console.log(`Then served: ${Object.values(release.pins).join(", ")}.`);
  tellPlan(target, options, time);
  if (options.dryRun) return console.log("Nothing was done: --dry-run.");
  await confirm(question(options, database), options.yes);
  await refuseFullDisk(target, record.bytes);
  const changed = async () =>
    (await callBackup(target.backup, "schema-digest", {})).digest !== record.schemaDigest;
  const source = { run, ...inRepository(options) };
  await restoreAndExchange(deployment, options, target, source, changed);
}

async function restoreToTime(deployment: Deployment, options: RestoreOptions, time: string): Promise<void> {
  const target = await databaseTarget(deployment, options.database);
  const drill = await deployment.running("drill", "drill, which recovers to a moment,");
  console.log(
    `Database ${target.command.database} as it was at ${time}, ${age(time, new Date())} ago, from a base backup and the write-ahead log.`,
  );
  tellPlan(target, options, time);
  if (options.dryRun) return console.log("Nothing was done: --dry-run.");
  await confirm(question(options, target.command.database), options.yes);
  await refuseFullDisk(target);
  const onLog = (line: string) => console.log(line);
  const recovered = await callDrill(drill, "recover", { time, ...inRepository(options) }, { onLog });
  console.log(
    `Recovered; the last change in it is of ${recovered.recoveryPoint ?? "a moment that it doesn't tell"}.`,
  );
  const source = { recovered: recovered.recovered };
  await restoreAndExchange(deployment, options, target, source, async () => true);
}

/** @param changed whether what serves may expect another schema than what is restored. */
async function restoreAndExchange(
  deployment: Deployment,
  { toNewDatabase }: RestoreOptions,
  target: DatabaseTarget,
  source: RestoreSource,
  changed: () => Promise<boolean>,
): Promise<void> {
  const { server, command } = target;
  // The service knows the schema of the system's own database alone.
  const migrates =
    !toNewDatabase && command.database === deployment.app.postgres.database && (await changed());
  const restored = await restoreBeside(target, source);
  if (toNewDatabase) {
    console.log(
      `${command.database} serves as before. To look into ${restored.database}: ${looking(server, restored.database)}\n` +
        `When it isn't needed any more: ${dropping(server, restored.database)}.`,
    );
    return;
  }
  await exchange(deployment, {
    target,
    restored: restored.database,
    ...(migrates && { proceed: () => migrateAgain(deployment) }),
  });
}

function tellPlan(
  { command, backup }: DatabaseTarget,
  { toNewDatabase }: RestoreOptions,
  time: string,
): void {
  console.log(`It is restored by ${backup} to a new database, whose rows are compared with the backup.`);
  if (toNewDatabase) {
    console.log(`${command.database} serves as before.`);
    return;
  }
  console.log(
    `Then what writes is stopped for seconds, and the new database takes the place of ${command.database}.\n` +
      `Everything written after ${time} is missing then. It stays in the old database, which is kept as ${command.database}_before_…`,
  );
}

function question({ toNewDatabase }: RestoreOptions, database: string): string {
  return toNewDatabase ? "Restore to a new database?" : `Restore, and exchange ${database}?`;
}

function inRepository({ repository }: RestoreOptions) {
  return repository === undefined ? {} : { repository };
}

void operationMain(restore);
