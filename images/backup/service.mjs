// @ts-check

import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { listBackups } from "./backups.mjs";
import { commands } from "./commands.mjs";
import { reasonOf } from "./errors.mjs";
import { log, withLog } from "./log.mjs";
import { metricsText } from "./metrics.mjs";
import { paths } from "./paths.mjs";
import { Queue } from "./queue.mjs";
import { Repository } from "./restic.mjs";
import { RepositoryError } from "./resticOutput.mjs";
import { Runner } from "./runner.mjs";
import { nextRun } from "./schedule.mjs";
import { readSecret, readSettings, snapshotHost } from "./settings.mjs";
import { serve } from "./socket.mjs";
import { readJson } from "./state.mjs";
import { Status } from "./status.mjs";
import { WalShipping } from "./wal.mjs";

const metricsPort = 9810;
/** Milliseconds. */
const times = { tick: 1_000, healthyWithin: 60_000, grace: 15_000 };

const settings = readSettings();
const ending = new AbortController();
const queue = new Queue();
/** restic's exit code. */
const noRepository = 10;
/** When the schedule was last looked at, milliseconds since 1970. */
let lookedAt = Date.now();

async function main() {
  const host = snapshotHost(settings);
  const [first, ...others] = settings.repositories.map((each) => new Repository(each, { host }));
  if (first === undefined) throw new Error(`${paths.settings} has no repository`);
  /** @type {[Repository, ...Repository[]]} */
  const repositories = [first, ...others];
  const connection = connectionOf(settings);
  const status = await Status.read();
  await status.noteBrokenOff();
  const runner = new Runner({ settings, repositories, connection, status, signal: ending.signal });
  const wal = settings.pitr
    ? new WalShipping({
        settings,
        repositories,
        log,
        onStatus: (state) => void status.change({ wal: state }).catch(tell),
      })
    : undefined;
  const stop = () => void end(wal);
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);

  const handlers = commands({ settings, repositories, connection, status, queue, runner, host });
  await serve(withLog(handlers));
  serveMetrics(status);
  wal?.start();
  log("The backup service serves");
  await followSchedule(status, runner, await firstRunAfter(status, repositories));
}

/**
 * Where a lost machine's backups go on, the first one waits until it is due: made at once it would be of what isn't
 * restored yet, and the newest. So it does when a repository can't tell.
 * @param {Status} status
 * @param {readonly Repository[]} repositories
 * @returns {Promise<Date | undefined>} the moment that the first one is due after; undefined when it isn't held back
 */
async function firstRunAfter(status, repositories) {
  if (status.current.last.scheduled !== undefined) return undefined;
  const now = new Date();
  for (const repository of repositories) {
    try {
      const [newest] = await listBackups(repository);
      if (newest === undefined) continue;
      log(
        `The repository ${repository.name} has backups of an earlier machine, the newest is ${newest.run}: ` +
          "restore what is needed before the next one, which is made when it is due",
      );
      return now;
    } catch (error) {
      if (!(error instanceof RepositoryError)) throw error;
      if (error.exitCode === noRepository) continue;
      tell(error);
      return now;
    }
  }
  return undefined;
}

/**
 * @param {import("./contract").Settings} settings
 * @returns {import("./database.mjs").Connection | undefined}
 */
function connectionOf({ database }) {
  if (database === undefined) return undefined;
  const { host, port, user } = database;
  return { host, port, user, password: readSecret(paths.databasePassword) };
}

/** @param {Status} status */
function serveMetrics(status) {
  createServer(async (request, response) => {
    if (request.url === "/metrics") {
      const drill = await readJson(join(paths.state, "drill.json")).catch(() => undefined);
      response.setHeader("content-type", "text/plain; version=0.0.4; charset=utf-8");
      response.end(metricsText(status.current, drill ?? {}));
    } else if (request.url === "/healthz") {
      const silence = Date.now() - lookedAt;
      response.statusCode = silence < times.healthyWithin ? 200 : 503;
      response.end(`The schedule was last looked at ${Math.round(silence / 1000)} s ago.\n`);
    } else {
      response.statusCode = 404;
      response.end("There is /metrics and /healthz.\n");
    }
  }).listen(metricsPort);
}

/**
 * Until it is ended.
 * @param {Status} status
 * @param {Runner} runner
 * @param {Date | undefined} heldBack The moment that the first run is due after.
 */
async function followSchedule(status, runner, heldBack) {
  const first = heldBack && {
    run: "",
    startedAt: heldBack.toISOString(),
    finishedAt: heldBack.toISOString(),
  };
  while (!ending.signal.aborted) {
    lookedAt = Date.now();
    // One at a time; and a run brings all repositories up to date.
    if (queue.length === 0) {
      const due =
        nextRun(settings.schedule, lastScheduled(status) ?? first, new Date()).getTime() <= lookedAt;
      // Before a release serves, the database isn't what it will be.
      if (due && status.current.release !== undefined)
        void queue.add(() => runner.run({ reason: "scheduled" }, log)).catch(tell);
      else if (runner.settlement.dueAt <= lookedAt) void queue.add(() => runner.heal(log)).catch(tell);
    }
    await sleep(times.tick, undefined, { signal: ending.signal }).catch(() => undefined);
  }
}

/**
 * A copy that failed is no reason to make the backup again.
 * @param {Status} status
 */
function lastScheduled({ current: { last, lastSuccess } }) {
  if (last.scheduled === undefined || last.scheduled.run !== lastSuccess?.run) return last.scheduled;
  const { error: _, ...outcome } = last.scheduled;
  return outcome;
}

/**
 * A run that doesn't come to its end by then is cleared away by the next one.
 * @param {WalShipping | undefined} wal
 */
async function end(wal) {
  if (ending.signal.aborted) process.exit(1);
  ending.abort();
  log("Ends");
  await Promise.race([Promise.all([queue.idle(), wal?.stop()]), sleep(times.grace)]);
  process.exit(0);
}

/** @param {unknown} error */
function tell(error) {
  log(reasonOf(error), "error");
}

main().catch((error) => {
  tell(error);
  process.exit(1);
});
