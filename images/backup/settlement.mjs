// @ts-check

import { listBackups } from "./backups.mjs";
import { copyMissing } from "./copies.mjs";
import { reasonOf } from "./errors.mjs";
import { forgetOld } from "./retention.mjs";
import { retryAfter } from "./schedule.mjs";

/** @typedef {import("./contract").Reason} Reason */
/** @typedef {import("./restic.mjs").Repository} Repository */
/** @typedef {(line: string) => void} Log */
/** @typedef {Partial<Record<import("./contract").RepositoryName, string>>} Problems */

/** @type {readonly Reason[]} */
const reasons = ["scheduled", "manual", "restore-point"];

/** What follows complete backups in the repositories: copies, retention, and what is told of each. */
export class Settlement {
  /**
   * @param {object} options
   * @param {import("./contract").Settings} options.settings
   * @param {readonly [Repository, ...Repository[]]} options.repositories
   * @param {import("./status.mjs").Status} options.status
   */
  constructor({ settings, repositories, status }) {
    /** @private @readonly */
    this.settings = settings;
    /** @private @readonly */
    this.repositories = repositories;
    /** @private @readonly */
    this.status = status;
    /** When it is due, milliseconds since 1970: at the start at once, where a repository had failed. */
    this.dueAt = this.isUnsettled ? 0 : Number.POSITIVE_INFINITY;
  }

  /** Whether a repository has failed. @private */
  get isUnsettled() {
    const { repositories } = this.status.current;
    return this.repositories.some(({ name }) => repositories[name]?.error !== undefined);
  }

  /**
   * One that fails doesn't keep the others from it.
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
        if (!repository.settings.appendOnly) {
          const removed = await forgetOld(repository, this.settings.keep);
          if (removed > 0) log(`Forgot ${removed} old backups in the repository ${repository.name}`);
          // restic refuses while an old backup lacks data, so that no more is lost.
          if (isScheduled && !this.status.lacksData(repository.name)) await repository.prune();
        }
        await this.succeed(repository);
      } catch (error) {
        const message = reasonOf(error);
        log(message);
        problems[repository.name] = message;
        await this.status.noteFailure(repository.name, message);
      }
    }
    const hasFailed = Object.keys(problems).length > 0;
    this.dueAt = hasFailed ? Date.now() + retryAfter : Number.POSITIVE_INFINITY;
    if (!hasFailed) await this.noteArrived();
    return problems;
  }

  /**
   * Backups whose copies had failed have arrived everywhere.
   * @private
   */
  async noteArrived() {
    const { last } = this.status.current;
    const failed = reasons.filter((reason) => last[reason]?.error !== undefined);
    if (failed.length === 0) return;
    const complete = new Set((await listBackups(this.repositories[0])).map(({ run }) => run));
    for (const reason of failed) {
      const run = last[reason];
      if (run === undefined || !complete.has(run.run)) continue;
      const { error: _, ...outcome } = run;
      await this.status.noteRun(reason, outcome);
    }
  }

  /**
   * Makes it ready to be written: there, with the right key, and without locks of the dead.
   * @param {Repository} repository
   */
  async prepare(repository) {
    const [first] = this.repositories;
    await repository.prepare({
      mayInitialise: (this.status.current.repositories[repository.name]?.backups ?? 0) === 0,
      ...(repository === first ? {} : { chunkerFrom: first }),
    });
    await repository.unlock();
  }

  /**
   * @private
   * @param {Repository} repository
   */
  async succeed(repository) {
    const backups = await listBackups(repository);
    // A restore point is no backup: it has no volumes.
    const lastSuccess = backups.find(({ reason }) => reason !== "restore-point")?.time;
    // Old backups that lack data can't be measured. The check tells of them, and new ones are as good as ever.
    const measured = await repository.stats().catch(() => undefined);
    await this.status.changeRepository(repository.name, ({ check, bytes }) => ({
      ...(lastSuccess === undefined ? {} : { lastSuccess }),
      ...(check === undefined ? {} : { check }),
      ...{ backups: backups.length, bytes: measured?.bytes ?? bytes },
    }));
  }
}
