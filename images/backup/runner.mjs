// @ts-check

import { backUp } from "./backupRun.mjs";
import { reasonOf } from "./errors.mjs";
import { runId } from "./naming.mjs";
import { RepositoryError } from "./resticOutput.mjs";
import { retryAfter } from "./schedule.mjs";
import { Settlement } from "./settlement.mjs";

/** @typedef {import("./contract").BackupStatus} BackupStatus */
/** @typedef {import("./contract").Reason} Reason */
/** @typedef {import("./contract").RunSummary} RunSummary */
/** @typedef {import("./restic.mjs").Repository} Repository */
/** @typedef {(line: string) => void} Log */
/** @typedef {import("./settlement.mjs").Problems} Problems */

/** Milliseconds from a restore point to its copies: the update goes first. */
const afterRestorePoint = 60_000;

/** Runs, from the first step to the status. */
export class Runner {
  /**
   * @param {object} options
   * @param {import("./contract").Settings} options.settings
   * @param {readonly [Repository, ...Repository[]]} options.repositories
   * @param {import("./database.mjs").Connection | undefined} options.connection Of the role for backups.
   * @param {import("./status.mjs").Status} options.status
   * @param {AbortSignal} options.signal
   */
  constructor({ settings, repositories, connection, status, signal }) {
    /** @private @readonly */
    this.settings = settings;
    /** @private @readonly */
    this.repositories = repositories;
    /** @private @readonly */
    this.connection = connection;
    /** @private @readonly */
    this.status = status;
    /** @private @readonly */
    this.signal = signal;
    /** @readonly */
    this.settlement = new Settlement({ settings, repositories, status });
  }

  /**
   * @param {{ reason: Reason, before?: string }} request
   * @param {Log} log
   * @returns {Promise<RunSummary>} Fails also when the backup is complete and a copy of it is not; but not a restore point:
   *   a migration needs no more than to be undone, and the copy follows.
   */
  async run(request, log) {
    const startedAt = new Date().toISOString();
    const { reason } = request;
    /** @type {RunSummary | undefined} */
    let summary;
    await this.status.change({ running: { reason, run: runId(new Date(startedAt)), startedAt } });
    try {
      summary = await this.backUpHealing(request, log);
      if (reason === "restore-point") {
        await this.status.change({ lastRestorePoint: summary });
        await this.status.noteRun(reason, { run: summary.run, startedAt, finishedAt: now() });
        this.settlement.dueAt = Math.min(this.settlement.dueAt, Date.now() + afterRestorePoint);
        return summary;
      }
      await this.status.change({ lastSuccess: summary });
      const problems = await this.settlement.settle(log, { isScheduled: reason === "scheduled" });
      const error = told(problems, summary.run, this.repositories[0].name);
      await this.status.noteRun(reason, {
        run: summary.run,
        startedAt,
        finishedAt: now(),
        ...(error && { error }),
      });
      if (error !== undefined) throw new Error(error);
      return summary;
    } catch (error) {
      if (summary === undefined) {
        const message = reasonOf(error);
        await this.status.noteRun(reason, {
          run: runId(new Date(startedAt)),
          startedAt,
          finishedAt: now(),
          error: message,
        });
        if (error instanceof RepositoryError) {
          await this.status.noteFailure(this.repositories[0].name, message);
          this.settlement.dueAt = Date.now() + retryAfter;
        }
      }
      throw error;
    } finally {
      await this.status.change({ running: undefined });
    }
  }

  /**
   * Brings the repositories up to date: copies what they lack.
   * @param {Log} log
   */
  async heal(log) {
    const problems = await this.settlement.settle(log, { isScheduled: false });
    if (Object.keys(problems).length === 0) log("All repositories have all backups");
  }

  /**
   * What a damaged repository lacks is stored again by another run.
   * @private
   * @param {{ reason: Reason, before?: string }} request
   * @param {Log} log
   */
  async backUpHealing(request, log) {
    const [repository] = this.repositories;
    await this.settlement.prepare(repository);
    const context = {
      ...{ settings: this.settings, repository, connection: this.connection, log, signal: this.signal },
      release: this.status.current.release,
    };
    let summary;
    try {
      summary = await backUp(context, request);
      // A migration waits for it.
      if (request.reason === "restore-point") return summary;
    } catch (error) {
      if (!(error instanceof RepositoryError) || error.exitCode !== 1) throw error;
      log(`It failed: ${error.message}. Looks whether the repository is damaged`);
      if (!(await this.isDamaged(repository))) throw error;
    }
    if (summary !== undefined && !(await this.isDamaged(repository))) return summary;
    log(`The repository ${repository.name} is damaged: removes what is broken and runs the backup again`);
    await repository.repair();
    summary = await backUp(context, request);
    const outcome = (await this.isDamaged(repository))
      ? "still damaged: older backups lack data"
      : "whole again";
    log(`The repository ${repository.name} is ${outcome}`);
    return summary;
  }

  /**
   * Looks at the repository's structure.
   * @private
   * @param {Repository} repository
   * @returns {Promise<boolean>}
   */
  async isDamaged(repository) {
    const startedAt = now();
    /** @type {string | undefined} */
    let damage;
    try {
      await repository.check();
    } catch (error) {
      if (!(error instanceof RepositoryError) || !error.damaged) throw error;
      damage = error.message;
    }
    const check = { startedAt, finishedAt: now(), ...(damage === undefined ? {} : { error: damage }) };
    await this.status.changeRepository(repository.name, (before) => ({ ...before, check }));
    return damage !== undefined;
  }
}

/**
 * @param {Problems} problems
 * @param {string} run
 * @param {string} first
 * @returns {string | undefined}
 */
function told(problems, run, first) {
  const failed = Object.values(problems);
  if (failed.length === 0) return undefined;
  return `The backup ${run} is complete in the repository ${first}, and what follows it failed; the next try comes by itself:\n${failed.join("\n")}`;
}

const now = () => new Date().toISOString();
