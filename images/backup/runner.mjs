// @ts-check
import { backUp } from "./backupRun.mjs";
import { listBackups } from "./backups.mjs";
import { copyMissing } from "./copies.mjs";
import { runId } from "./naming.mjs";
import { RepositoryError } from "./resticOutput.mjs";
import { forgetOld } from "./retention.mjs";

/** @typedef {import("./contract").BackupStatus} BackupStatus */
/** @typedef {import("./contract").Reason} Reason */
/** @typedef {import("./contract").RunSummary} RunSummary */
/** @typedef {import("./restic.mjs").Repository} Repository */
/** @typedef {(line: string) => void} Log */
/** @typedef {Partial<Record<import("./contract").RepositoryName, string>>} Problems */

/** @type {readonly Reason[]} */
const reasons = ["scheduled", "manual", "restore-point"];

/** Runs, from the first step to the copies, the retention and the status. */
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
  }

  /**
   * @param {{ reason: Reason, before?: string }} request
   * @param {Log} log
   * @returns {Promise<RunSummary>} Fails also when the backup is complete and a copy of it is not.
   */
  async run(request, log) {
    const startedAt = new Date().toISOString();
    const { reason } = request;
    /** @type {RunSummary | undefined} */
    let summary;
    try {
      summary = await this.backUpHealing(request, log);
      const summaries =
        reason === "restore-point"
          ? { lastSuccess: summary, lastRestorePoint: summary }
          : { lastSuccess: summary };
      await this.status.change(summaries);
      const problems = await this.settle(log, { isScheduled: reason === "scheduled" });
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
        if (error instanceof RepositoryError)
          await this.status.noteFailure(this.repositories[0].name, message);
      }
      throw error;
    }
  }

  /** Whether something is left to be done in a repository. */
  get isUnsettled() {
    return Object.values(this.status.current.repositories).some(({ error }) => error !== undefined);
  }

  /**
   * Brings the repositories up to date that failed: copies what they lack.
   * @param {Log} log
   */
  async heal(log) {
    const problems = await this.settle(log, { isScheduled: false });
    if (Object.keys(problems).length === 0) log("All repositories have all backups again");
  }

  /**
   * What a damaged repository lacks is stored again by another run.
   * @private
   * @param {{ reason: Reason, before?: string }} request
   * @param {Log} log
   */
  async backUpHealing(request, log) {
    const [repository] = this.repositories;
    await this.prepare(repository);
    const context = {
      ...{ settings: this.settings, repository, connection: this.connection, log, signal: this.signal },
      release: this.status.current.release,
    };
    let summary;
    try {
      summary = await backUp(context, request);
      // The others wait for a migration.
      if (request.reason !== "scheduled") return summary;
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
   * Looks at the repository's structure. That it can't be looked at is told too, but repairing would not help then.
   * @private
   * @param {Repository} repository
   * @returns {Promise<boolean>}
   */
  async isDamaged(repository) {
    const startedAt = now();
    /** @type {unknown} */
    let problem;
    await repository.check().catch((error) => {
      problem = error;
    });
    const error = problem === undefined ? {} : { error: reasonOf(problem) };
    const check = { startedAt, finishedAt: now(), ...error };
    await this.status.changeRepository(repository.name, (before) => ({ ...before, check }));
    return problem instanceof RepositoryError && problem.damaged;
  }

  /**
   * What follows a complete backup, in each repository; one that fails doesn't keep the others from it.
   * @private
   * @param {Log} log
   * @param {{ isScheduled: boolean }} options
   * @returns {Promise<Problems>}
   */
  async settle(log, { isScheduled }) {
    const [first, ...others] = this.repositories;
    /** @type {Problems} */
    const problems = {};
    for (const repository of [first, ...others]) {
      try {
        if (repository !== first) {
          await this.prepare(repository);
          await copyMissing(first, repository, log);
        }
        const lastSuccess = (await listBackups(repository))[0]?.time;
        if (!repository.settings.appendOnly) {
          const removed = await forgetOld(repository, this.settings.keep);
          if (removed > 0) log(`Forgot ${removed} old backups in the repository ${repository.name}`);
          if (isScheduled) await repository.prune();
        }
        await this.succeed(repository, lastSuccess);
      } catch (error) {
        const message = reasonOf(error);
        log(message);
        problems[repository.name] = message;
        await this.status.noteFailure(repository.name, message);
      }
    }
    if (Object.keys(problems).length === 0) await this.noteArrived();
    return problems;
  }

  /**
   * Backups whose copies had failed have arrived everywhere.
   * @private
   */
  async noteArrived() {
    const complete = new Set((await listBackups(this.repositories[0])).map(({ run }) => run));
    for (const reason of reasons) {
      const last = this.status.current.last[reason];
      if (last?.error === undefined || !complete.has(last.run)) continue;
      const { error: _, ...outcome } = last;
      await this.status.noteRun(reason, outcome);
    }
  }

  /**
   * @private
   * @param {Repository} repository
   */
  async prepare(repository) {
    const [first] = this.repositories;
    await repository.prepare({
      mayInitialise: this.status.current.repositories[repository.name]?.lastSuccess === undefined,
      ...(repository === first ? {} : { chunkerFrom: first }),
    });
    await repository.unlock();
  }

  /**
   * @private
   * @param {Repository} repository
   * @param {string | undefined} lastSuccess
   */
  async succeed(repository, lastSuccess) {
    const backups = (await listBackups(repository)).length;
    // Old backups that lack data can't be measured. The check tells of them, and new ones are as good as ever.
    const measured = await repository.stats().catch(() => undefined);
    await this.status.changeRepository(repository.name, ({ check, bytes }) => ({
      ...(lastSuccess === undefined ? {} : { lastSuccess }),
      ...(check === undefined ? {} : { check }),
      ...{ backups, bytes: measured?.bytes ?? bytes },
    }));
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

/** @param {unknown} error */
function reasonOf(error) {
  return error instanceof Error ? error.message : String(error);
}
