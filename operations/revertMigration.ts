import { migratedTo, type Release } from "../lib/history";
import { isGroup } from "../lib/rawSettings";
import type { Deployment, OwnContainer } from "./deployment";
import { runAgain } from "./migrateAgain";
import { migrates } from "./migrates";
import { startContainers, stopContainers, uninterrupted, writersOf } from "./pause";
import { OperationError, runPulumi } from "./pulumi";
import { readStackFile, stackSettings, writeStackFile } from "./stackFile";
import { callBackup } from "./steps/backupService";
import { attemptDocker, indented, inspect } from "./steps/engine";
import { brokenOffRevert, removeRevert, takeBack } from "./takeBack";

/** A migration that its own image can take back. */
export interface Revert {
  readonly deployment: Deployment;
  /** The container that made the changes. */
  readonly job: OwnContainer;
  /** Arguments with which its image takes them back. */
  readonly command: readonly string[];
  /** The release that the schema is of afterwards. */
  readonly to: string;
}

const defaultTimeout = 600;

/**
 * The migration that is taken back on the way to an earlier update.
 *
 * @throws {OperationError} when there is none, or more than that one.
 */
export async function findRevert(
  deployment: Deployment,
  all: readonly Release[],
  target: Release,
): Promise<Revert> {
  const { app, stack } = deployment;
  const command = app.migration?.revert;
  if (command === undefined) {
    throw new OperationError(
      `--revert-migration: the migration of ${app.name} has no way back (\`revert\` in its spec). --restore-database takes the database back to what it was before, --keep-database leaves it as it is`,
    );
  }
  const brokenOff = await brokenOffRevert(deployment);
  if (brokenOff !== undefined) {
    throw new OperationError(
      [
        `--revert-migration: an earlier one was broken off, and a second would take back one release more. \`docker logs ${brokenOff.name}\` shows how far it came.`,
        `  If it has taken the migration back: npm run rollback -- --stack ${stack} --to ${target.number} --keep-database`,
        `  Then, or if it has done nothing: docker rm --volumes ${brokenOff.name}`,
      ].join("\n"),
    );
  }
  const schemaOf = (release: Release) => migratedTo(all, release, (settings) => migrates(app, settings));
  const job = await lastRun(deployment);
  const to = schemaOf(target);
  if (job === undefined || to === undefined || job.release === to) {
    throw new OperationError(
      `--revert-migration: no migration was run since update ${target.number} (${target.end}), so there is nothing to take back`,
    );
  }
  const between = all
    .filter(({ number }) => number > target.number)
    .map(schemaOf)
    .filter((release) => release !== to && release !== job.release);
  if (between.length > 0) {
    throw new OperationError(
      `--revert-migration takes back the migration of release ${job.release} alone, and since update ${target.number} that of ${[...new Set(between)].join(", ")} was run too: go back one release at a time (\`npm run rollback -- --stack ${stack} --list\`)`,
    );
  }
  return { deployment, job, command, to };
}

export function tellRevert({ job, to, command }: Revert): void {
  console.log(
    `The migration of release ${job.release} is taken back to release ${to} by its own image: ${command.join(" ")}\n` +
      "What writes is stopped from then until the update is through. What the migration had added is gone then, with all that was written to it.\n" +
      "Other data and secrets stay as they are now.",
  );
}

/** Takes the migration back while nothing writes, and applies the earlier configuration; all of it or nothing. */
export async function revertAndApply(
  stack: string,
  revert: Revert,
  apply: () => Promise<void>,
): Promise<void> {
  const { deployment, job } = revert;
  const backup =
    (await deployment.part("backup")) === undefined ? undefined : await deployment.backupService();
  const seconds = await timeoutOf(stack);
  await makeRestorePoint(backup, revert);
  const file = await readStackFile(stack);
  await uninterrupted(async () => {
    const began = Date.now();
    const stopped = await stopContainers(deployment, backup, await writersOf(deployment));
    let applies = false;
    try {
      await takeBack(job, revert.command, seconds);
      applies = true;
      await apply();
      await startContainers(deployment, backup, stopped);
      await removeRevert(deployment);
    } catch (error) {
      await goBack(stack, revert, { error, backup, stopped, file });
      if (applies) await applyAgain(stack);
      throw new OperationError(
        `the rollback failed, the reason is above; the migration of release ${job.release} was run again, and everything is as it was before`,
      );
    }
    console.log(
      `What writes to the database was stopped for ${((Date.now() - began) / 1000).toFixed(1)} s at most.`,
    );
  });
}

/** The container whose migration ran last, if it succeeded: what a failed one has left behind nobody can tell. */
async function lastRun(deployment: Deployment): Promise<OwnContainer | undefined> {
  // The newest first.
  const jobs = await deployment.containers("--filter", "label=slipway.service=migration");
  for (const job of jobs) {
    const { State } = await inspect(job.id);
    if (State.Status === "created") continue;
    if (State.Status === "exited" && State.ExitCode === 0) return job;
    const state = State.Running ? "still runs" : `ended with exit code ${State.ExitCode}`;
    throw new OperationError(
      `--revert-migration: the migration of release ${job.release} ${state} (\`docker logs ${job.name}\`), so nobody can tell what there is to take back. --restore-database takes the database back to what it was before, --keep-database leaves it as it is`,
    );
  }
  return undefined;
}

async function makeRestorePoint(backup: string | undefined, { to }: Revert): Promise<void> {
  if (backup === undefined) {
    return console.log("The stack has no backups: no restore point is made.");
  }
  const onLog = (line: string) => console.log(line);
  const made = await callBackup(backup, "backup", { reason: "restore-point", before: to }, { onLog });
  console.log(`Restore point ${made.run} has the database as it is now.`);
}

interface Failure {
  readonly error: unknown;
  readonly backup: string | undefined;
  readonly stopped: readonly string[];
  /** The stack's file as it was. */
  readonly file: string;
}

/** A migration that has been taken back, or half of it, is run once more: one that is in place changes nothing. */
async function goBack(stack: string, revert: Revert, failure: Failure): Promise<void> {
  const { deployment, job } = revert;
  console.error(`It failed:\n${indented(messageOf(failure.error))}\nGoing back to what was before.`);
  try {
    // What the update may have started.
    const writers = (await writersOf(deployment)).filter(({ running }) => running);
    if (writers.length > 0) await attemptDocker(["stop", ...writers.map(({ id }) => id)], 300_000);
    await writeStackFile(stack, failure.file);
    await runAgain(job);
    await startContainers(deployment, failure.backup, failure.stopped);
    await removeRevert(deployment);
  } catch (second) {
    throw new OperationError(
      [
        "The way back failed too:",
        indented(messageOf(second)),
        `  What to do: mend what the lines name, then \`pulumi up --stack ${stack}\`, and \`docker start\` of what is still stopped.`,
        ...(failure.backup === undefined
          ? []
          : [
              `  \`npm run restore -- --stack ${stack} --before ${revert.to}\` has the database as it was before.`,
            ]),
      ].join("\n"),
    );
  }
}

async function applyAgain(stack: string): Promise<void> {
  console.error("An update with the configuration of before brings everything in line:");
  const message = "back after a rollback that failed";
  await runPulumi(stack, ["up", "--yes", "--skip-preview", "--message", message]);
}

async function timeoutOf(stack: string): Promise<number> {
  const { timeouts } = await stackSettings(stack);
  return isGroup(timeouts) && typeof timeouts.migration === "number" ? timeouts.migration : defaultTimeout;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
