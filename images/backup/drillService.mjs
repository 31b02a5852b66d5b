// @ts-check

import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { drill } from "./drillRun.mjs";
import { reasonOf } from "./errors.mjs";
import { log, withLog } from "./log.mjs";
import { paths } from "./paths.mjs";
import { Queue } from "./queue.mjs";
import { recover } from "./recover.mjs";
import { Repository } from "./restic.mjs";
import { readSettings, repositoryNamed, snapshotHost } from "./settings.mjs";
import { serve } from "./socket.mjs";
import { readJson, writeJson } from "./state.mjs";

/** @typedef {import("./contract").BackupStatus} BackupStatus */
/** @typedef {import("./contract").DrillCommands} DrillCommands */
/** @typedef {import("./contract").DrillStatus} DrillStatus */
/** @typedef {(line: string) => void} Log */
/** What is being drilled, and how often that was begun. @typedef {{ run: string, attempts: number }} Attempt */

const backupFile = `${paths.state}/backup.json`;
const drillFile = `${paths.state}/drill.json`;
/** It goes with the container. */
const attemptFile = `${paths.work}/attempt.json`;
/** A restart of the host may break one off; a backup that breaks the drill itself must not do it for ever. */
const mostAttempts = 2;
/** Milliseconds. */
const poll = 5_000;

const settings = readSettings();
const queue = new Queue();

process.on("SIGTERM", () => process.exit(0));
process.on("SIGINT", () => process.exit(0));

/** @type {{ [Name in keyof DrillCommands]: (input: DrillCommands[Name]["input"], say: Log) => Promise<DrillCommands[Name]["result"]> }} */
const commands = {
  drill: ({ run, repository }, say) =>
    queue.add(async () => {
      const result = await runDrill(run, repository, say);
      if (result.error !== undefined) throw new Error(result.error);
      return result;
    }),
  recover: ({ time, repository }, say) =>
    queue.add(() => recover({ settings, repository: repositoryOf(repository), time, log: say })),
  status,
};

void main();

async function main() {
  await serve(withLog(commands));
  log("waits for backups");
  for (;;) {
    try {
      await watch();
    } catch (error) {
      log(reasonOf(error), "error");
    }
    await sleep(poll);
  }
}

/** Drills the last scheduled backup when that wasn't done yet. */
async function watch() {
  /** @type {BackupStatus | undefined} */
  const backup = await readJson(backupFile);
  const scheduled = backup?.last.scheduled;
  if (scheduled === undefined || scheduled.error !== undefined) return;
  if (settings.pitr && isLogBehind(backup?.wal)) return;
  const { run } = scheduled;
  if (((await status()).last?.run ?? "") >= run) return;
  await queue.add(async () => {
    /** @type {Attempt | undefined} */
    const last = await readJson(attemptFile);
    const attempts = last?.run === run ? last.attempts + 1 : 1;
    if (attempts > mostAttempts) {
      await noteBrokenOff(run);
      return;
    }
    await writeJson(attemptFile, { run, attempts });
    await runDrill(run, undefined, log);
    await rm(attemptFile);
  });
}

/**
 * Whether the log after the last base backup is still to come; not when it can't.
 * @param {import("./contract").WalStatus | undefined} wal
 */
function isLogBehind(wal) {
  if (wal?.error !== undefined) return false;
  return wal?.baseBackup === undefined || wal.shippedUntil === undefined || wal.shippedUntil < wal.baseBackup;
}

/**
 * @param {string | undefined} run
 * @param {string | undefined} repository
 * @param {Log} say
 */
async function runDrill(run, repository, say) {
  const result = await drill({
    settings,
    repository: repositoryOf(repository),
    ...(run === undefined ? {} : { run }),
    log: say,
  });
  say(
    result.error === undefined
      ? `the backup ${result.run} is good: ${result.rows} rows in ${result.seconds} s`
      : `the drill has failed: ${result.error}`,
  );
  await note(result);
  return result;
}

/** @param {string} run */
async function noteBrokenOff(run) {
  const now = new Date().toISOString();
  const { name } = repositoryOf(undefined);
  const error = `it was broken off ${mostAttempts} times: see what ended the container, its memory perhaps`;
  log(`the drill of ${run} has failed: ${error}`, "error");
  await note({
    startedAt: now,
    finishedAt: now,
    error,
    run,
    repository: name,
    seconds: 0,
    rows: 0,
    checks: [],
  });
}

/** @param {import("./contract").DrillResult} result */
async function note(result) {
  const { lastSuccess } = await status();
  const success = result.error === undefined ? result : lastSuccess;
  await writeJson(drillFile, { last: result, ...(success === undefined ? {} : { lastSuccess: success }) });
}

/** @returns {Promise<DrillStatus>} */
async function status() {
  return (await readJson(drillFile)) ?? {};
}

/** @param {string | undefined} name */
function repositoryOf(name) {
  const found = repositoryNamed(settings.repositories, name);
  return new Repository(found, { host: snapshotHost(settings), readOnly: true });
}
