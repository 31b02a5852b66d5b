// @ts-check
import { join } from "node:path";
import { paths } from "./paths.mjs";
import { readJson, writeJson } from "./state.mjs";

/** @typedef {import("./contract").BackupStatus} BackupStatus */
/** @typedef {import("./contract").RepositoryStatus} RepositoryStatus */

/** What the service knows, and keeps in a file for the drill and for its own next start. */
export class Status {
  /**
   * @private
   * @param {string} file
   * @param {BackupStatus} current
   */
  constructor(file, current) {
    /** @private @readonly */
    this.file = file;
    this.current = current;
    /** @private */
    this.written = Promise.resolve();
  }

  static async read(file = join(paths.state, "backup.json")) {
    return new Status(file, (await readJson(file)) ?? { last: {}, repositories: {} });
  }

  /**
   * @param {Partial<BackupStatus>} changes
   * @returns {Promise<void>} when the file has them
   */
  change(changes) {
    this.current = { ...this.current, ...changes };
    const writing = this.written.then(() => writeJson(this.file, this.current));
    this.written = writing.catch(() => undefined);
    return writing;
  }

  /**
   * @param {import("./contract").RepositoryName} name
   * @param {(before: RepositoryStatus) => RepositoryStatus} next
   */
  changeRepository(name, next) {
    const before = this.current.repositories[name] ?? { backups: 0, bytes: 0 };
    return this.change({ repositories: { ...this.current.repositories, [name]: next(before) } });
  }

  /**
   * @param {import("./contract").Reason} reason
   * @param {import("./contract").Outcome & { run: string }} outcome
   */
  noteRun(reason, outcome) {
    return this.change({ last: { ...this.current.last, [reason]: outcome } });
  }

  /** A run that was ended with the service has failed, although it could not say so itself. */
  async noteBrokenOff() {
    const { running } = this.current;
    if (running === undefined) return;
    const { reason, run, startedAt } = running;
    const error = "it was broken off: the service ended in the middle of it, killed or with the machine";
    await this.noteRun(reason, { run, startedAt, finishedAt: new Date().toISOString(), error });
    await this.change({ running: undefined });
  }

  /**
   * Whether the last check of a repository has failed.
   * @param {import("./contract").RepositoryName} name
   */
  lacksData(name) {
    return this.current.repositories[name]?.check?.error !== undefined;
  }

  /**
   * @param {import("./contract").RepositoryName} name
   * @param {string} error
   */
  noteFailure(name, error) {
    return this.changeRepository(name, (before) => ({ ...before, error }));
  }
}
