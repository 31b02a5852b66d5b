import type { BackupEntry } from "../images/backup/contract";
import { age, begun } from "../lib/backup/choice";
import { breakingMigrations, pointsSince, type RestorePoint } from "../lib/backup/restorePoints";
import { backwardCompatible, type HistoryEntry, type Release } from "../lib/history";
import { databaseTarget, refuseFullDisk } from "./databaseTarget";
import { Deployment } from "./deployment";
import { migrates } from "./migrates";
import { OperationError, runPulumi } from "./pulumi";
import { exchange, restoreBeside, Undone } from "./restoring";
import { findRevert, type Revert, tellRevert } from "./revertMigration";
import { project, readStackFile, stackSettings, writeStackFile } from "./stackFile";
import { callBackup } from "./steps/backupService";
import { StepError } from "./steps/step";

/** What becomes of the database. */
export type DataDecision =
  | { readonly data: "stay"; readonly why: string }
  | { readonly data: "restore"; readonly deployment: Deployment; readonly point: BackupEntry }
  | { readonly data: "revert"; readonly revert: Revert };

export interface RollbackArgs {
  readonly stack: string;
  /** The history, and the successful updates in it, both the newest first. */
  readonly entries: readonly HistoryEntry[];
  readonly all: readonly Release[];
  readonly target: Release;
  /** What was asked for; undefined is whatever is safe. */
  readonly wish: "restore" | "keep" | "revert" | undefined;
}

/**
 * Whether the database can stay as it is, or what it goes back to.
 *
 * @throws {OperationError} with the reason and the commands that would do it, when the earlier release may not work with
 * the schema.
 */
export async function dataDecision(args: RollbackArgs): Promise<DataDecision> {
  const { stack, all, target, wish } = args;
  if (wish === "keep") return { data: "stay", why: "as asked" };
  const deployment = await Deployment.find(stack);
  if (wish === "revert") return { data: "revert", revert: await findRevert(deployment, all, target) };
  if (wish === undefined) {
    const unknown = await unknownSchema(deployment);
    if (unknown !== undefined) return { data: "stay", why: unknown };
  }
  const backup = await deployment.backupService();
  const entries = await asked(args, callBackup(backup, "list", {}));
  const since = pointsSince(entries, all, target, (settings) => migrates(deployment.app, settings));
  if (since.found === "no migration") {
    if (wish === undefined) return { data: "stay", why: "no migration was run since" };
    throw new OperationError(
      `--restore-database: no migration was run since update ${target.number} (${target.end})`,
    );
  }
  if (since.found === "none kept")
    throw noneKept(args, since.migration, migrates(deployment.app, since.migration.settings));
  const [point] = since.points;
  if (wish === "restore") return { data: "restore", deployment, point };
  const points = await asked(args, withDigests(deployment, backup, since.points));
  const { digest } = await asked(args, callBackup(backup, "schema-digest", {}));
  if (points[0]?.schemaDigest === digest) {
    return { data: "stay", why: `its schema is what it was at ${begun(point)}` };
  }
  const compatible = backwardCompatible(args.entries, project, await stackSettings(stack));
  const breaking = breakingMigrations(points, digest, compatible);
  if (breaking.length > 0) throw changed(args, point, breaking);
  return { data: "stay", why: "each migration since is marked as backward-compatible" };
}

export function tellDecision(decision: DataDecision): void {
  if (decision.data === "revert") {
    tellRevert(decision.revert);
    return;
  }
  if (decision.data === "stay") {
    console.log(`Data and secrets stay as they are now; the database: ${decision.why}.`);
    return;
  }
  const { run, before } = decision.point;
  const time = begun(decision.point);
  const { database } = decision.deployment.app.postgres;
  console.log(
    `Database ${database} goes back to restore point ${run} of ${time}, before the migration of release ${before}.\n` +
      `Everything written since (${age(time, new Date())}) is missing then. It stays in the old database, which is kept as ${database}_before_…\n` +
      "What writes is stopped from the exchange until the update is through. Other data and secrets stay as they are now.",
  );
}

/** Restores beside, exchanges, and applies the earlier configuration; all of it or nothing. */
export async function restoreAndApply(
  stack: string,
  { deployment, point }: Extract<DataDecision, { readonly data: "restore" }>,
  apply: () => Promise<void>,
): Promise<void> {
  const target = await databaseTarget(deployment);
  const { databases } = await callBackup(target.backup, "manifest", { run: point.run });
  await refuseFullDisk(target, databases[target.command.database]?.bytes);
  const { database: restored } = await restoreBeside(target, { run: point.run });
  const file = await readStackFile(stack);
  try {
    const goBack = () => writeStackFile(stack, file);
    await exchange(deployment, { target, restored, proceed: apply, goBack });
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
    console.error(`${error.message}\nAn update with the configuration of before brings everything in line:`);
    await runPulumi(stack, [
      "up",
      "--yes",
      "--skip-preview",
      "--message",
      "back after a rollback that failed",
    ]);
    throw new OperationError("the rollback failed, the reason is above; everything is as it was before");
  }
}

/** Why nobody can tell whether the schema has changed. */
async function unknownSchema(deployment: Deployment): Promise<string | undefined> {
  if (deployment.app.migration === undefined) return "the system has no migration";
  if ((await deployment.part("postgres")) === undefined) {
    return "it is on a server that somebody else runs, so nothing is known of its schema";
  }
  if ((await deployment.part("backup")) === undefined) {
    return "there are no backups, so nothing is known of its schema";
  }
  return undefined;
}

function withDigests(
  { app }: Deployment,
  backup: string,
  points: readonly BackupEntry[],
): Promise<RestorePoint[]> {
  return Promise.all(
    points.map(async (point) => {
      const { databases } = await callBackup(backup, "manifest", { run: point.run });
      return { ...point, schemaDigest: databases[app.postgres.database]?.schemaDigest ?? "" };
    }),
  );
}

/** What the backup service was asked; where it can't tell, there still is a way. */
async function asked<T>({ stack, target }: RollbackArgs, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    throw new OperationError(
      `whether the schema has changed can't be told:\n${error.message}\n${keeping(stack, target)}`,
    );
  }
}

function noneKept({ stack, target }: RollbackArgs, migration: Release, release: string): OperationError {
  return new OperationError(
    [
      `the schema may have changed since update ${target.number}, and nobody can tell: no restore point is kept that is older than update ${migration.number} of ${migration.time}, which ran the migration of release ${release}.`,
      "  What to do:",
      `  npm run restore -- --stack ${stack} --list`,
      "    shows the backups that are kept; one of them may be old enough.",
      keeping(stack, target),
    ].join("\n"),
  );
}

function changed(
  { stack, target }: RollbackArgs,
  point: BackupEntry,
  breaking: readonly RestorePoint[],
): OperationError {
  const releases = [...new Set(breaking.map(({ before }) => before ?? "unknown"))];
  return new OperationError(
    [
      `the schema has changed since update ${target.number}, and the earlier release may not work with it:`,
      ...breaking.map(
        (each) => `  the migration of release ${each.before ?? "(unknown)"} changed it, after ${begun(each)}`,
      ),
      "  What to do:",
      `  npm run rollback -- --stack ${stack} --to ${target.number} --restore-database`,
      `    takes the database back too: everything written since ${begun(point)} (${age(begun(point), new Date())}) is missing then, and kept in another database.`,
      keeping(stack, target),
      `  Migrations that leave the release before working are marked in the stack's file: slipway:migrations.backwardCompatible: [${releases.join(", ")}]`,
    ].join("\n"),
  );
}

function keeping(stack: string, target: Release): string {
  return (
    `  npm run rollback -- --stack ${stack} --to ${target.number} --keep-database\n` +
    "    leaves the database as it is, if you know that the earlier release works with it."
  );
}
