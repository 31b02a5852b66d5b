import type { RepositoryName, RestoredDatabase } from "../images/backup/contract";
import { type DatabaseTarget, dropping, looking } from "./databaseTarget";
import type { Deployment } from "./deployment";
import { startContainers, stopContainers, uninterrupted, writersOf } from "./pause";
import { OperationError } from "./pulumi";
import { callBackup } from "./steps/backupService";
import { attemptDocker, indented } from "./steps/engine";

/** What was begun could not be done, and everything is as it was before. */
export class Undone extends OperationError {}

/** What a database is restored from. */
export type RestoreSource =
  | { readonly run: string; readonly repository?: RepositoryName }
  /** What the drill has recovered to a moment. */
  | { readonly recovered: string };

/** Restores beside the database that serves, which nothing happens to. */
export async function restoreBeside(
  { backup, command }: DatabaseTarget,
  source: RestoreSource,
): Promise<RestoredDatabase> {
  const onLog = (line: string) => console.log(line);
  const restored = await callBackup(backup, "restore-database", { ...command, ...source }, { onLog });
  const recovery = restored.recoveryPoint === undefined ? "" : `, everything until ${restored.recoveryPoint}`;
  console.log(
    `Restored to ${restored.database} in ${restored.seconds.toFixed(1)} s: ${restored.rows} rows, as many as the backup has${recovery}.`,
  );
  return restored;
}

export interface ExchangeArgs {
  readonly target: DatabaseTarget;
  /** Name of the database that takes the other's place. */
  readonly restored: string;
  /** Whatever else is needed before what was stopped is started. */
  readonly proceed?: () => Promise<void>;
  /** Takes back what `proceed` may have done. */
  readonly goBack?: () => Promise<void>;
}

/**
 * Puts a restored database in the place of the one that serves. What writes is stopped only for that, and started when it
 * is done. If anything fails, the old database is back and what served before is started.
 *
 * @returns name that the old database is kept under.
 */
export function exchange(deployment: Deployment, args: ExchangeArgs): Promise<string> {
  return uninterrupted(async () => {
    const { target, restored, proceed } = args;
    const began = Date.now();
    const stopped = await stopContainers(deployment, target.backup, await writersOf(deployment));
    let kept: string | undefined;
    try {
      ({ kept } = await callBackup(target.backup, "swap-database", { ...target.command, restored }));
      await proceed?.();
      await startContainers(deployment, target.backup, stopped);
    } catch (error) {
      throw await backAgain(deployment, args, { error, stopped, kept });
    }
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    console.log(`Exchanged. What writes to the database was stopped for ${seconds} s at most.`);
    tellKept(target, kept);
    return kept;
  });
}

export function tellKept({ server, command }: DatabaseTarget, kept: string): void {
  console.log(
    `The old database is kept as ${kept}. To look into it: ${looking(server, kept)}\n` +
      `When nothing of it is needed any more: ${dropping(server, kept)}. ${command.database} is the restored one.`,
  );
}

interface Failure {
  readonly error: unknown;
  readonly stopped: readonly string[];
  /** Undefined as long as nothing is exchanged. */
  readonly kept: string | undefined;
}

async function backAgain(
  deployment: Deployment,
  { target, restored, goBack }: ExchangeArgs,
  { error, stopped, kept }: Failure,
): Promise<OperationError> {
  const reason = indented(messageOf(error));
  const { database } = target.command;
  try {
    // What started meanwhile may write, and what is restored must not be taken for what served.
    const writers = (await writersOf(deployment)).filter(({ running }) => running);
    if (writers.length > 0) await attemptDocker(["stop", ...writers.map(({ id }) => id)], 300_000);
    const left = kept === undefined ? restored : await exchangedBack(target, kept);
    await goBack?.();
    await startContainers(deployment, target.backup, stopped);
    return new Undone(
      [
        `It failed. ${database} is again as it was, and what served before serves:`,
        reason,
        `  What was restored is left as ${left}, to look into it: ${looking(target.server, left)}`,
        `  When it isn't needed any more: ${dropping(target.server, left)}`,
      ].join("\n"),
    );
  } catch (second) {
    const place = kept === undefined ? database : `${database}, or still ${kept}`;
    return new OperationError(
      [
        `It failed, and so did the way back. No data are lost: the old database is ${place}.`,
        reason,
        "  The way back:",
        indented(messageOf(second)),
        "  What to do: mend what the lines name and run the same command again; it starts what is stopped.",
      ].join("\n"),
    );
  }
}

/** @returns name of the database that was restored. */
async function exchangedBack({ backup, command }: DatabaseTarget, kept: string): Promise<string> {
  return (await callBackup(backup, "swap-database", { ...command, restored: kept })).kept;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
