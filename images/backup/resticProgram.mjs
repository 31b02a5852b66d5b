// @ts-check
import { isAbsolute, join } from "node:path";
import { paths } from "./paths.mjs";
import { CommandError, run } from "./process.mjs";
import { repositoryError } from "./resticOutput.mjs";

/** @typedef {import("./contract").RepositorySettings} RepositorySettings */
/** @typedef {import("./contract").StoreCredentials} StoreCredentials */
/** @typedef {import("./process.mjs").Environment} Environment */

export const program = "restic";

/** Milliseconds. restic by itself tries for a quarter of an hour to reach a store. */
const times = { reach: 30_000, reached: 60_000 };
/** Of commands that don't read or write much data, milliseconds. */
export const short = 10 * 60_000;

/**
 * Others that work in the repository, such as the shipping of the write-ahead log, are done in seconds; a lock that lasts
 * is an error.
 */
const lockPatience = "2m";

/** Of the repository that is copied from; all have one key. @type {Environment} */
export const fromEnvironment = { RESTIC_FROM_PASSWORD_FILE: paths.repositoryKey };

/** restic on one repository. */
export class ResticProgram {
  /**
   * @param {RepositorySettings} settings
   * @param {{ host: string, readOnly?: boolean, credentials?: StoreCredentials }} options `host` is that of the snapshots,
   *   no others are seen. `readOnly` is for those who can't write to it: not even a lock. `credentials` are other ones than
   *   the service's own.
   */
  constructor(settings, { host, readOnly = false, credentials }) {
    /** @readonly */
    this.name = settings.name;
    /** @readonly */
    this.settings = settings;
    /** @protected @readonly */
    this.host = host;
    /** @protected @readonly */
    this.readOnly = readOnly;
    /** @protected @readonly */
    this.isLocal = isAbsolute(settings.location);
    /** @protected @readonly @type {Environment} */
    this.environment = {
      RESTIC_PASSWORD_FILE: paths.repositoryKey,
      // Of a program that nobody watches: one line a minute.
      RESTIC_PROGRESS_FPS: "0.0167",
      // Its packs are too large for the container's /tmp. A folder of their own: they would make /work look changed.
      TMPDIR: join(paths.work, "tmp"),
      // Days begin at midnight there.
      TZ: "UTC",
      ...(this.isLocal ? {} : credentialsOf(credentials)),
    };
    /** @private When the store was last seen, milliseconds since 1970. */
    this.reachedAt = 0;
  }

  /** Fails soon when the store can't be reached. @protected */
  async reach() {
    if (this.isLocal || Date.now() < this.reachedAt + times.reached) return;
    await this.look();
    this.reachedAt = Date.now();
  }

  /** @protected */
  async look() {
    const args = this.arguments(["cat", "config", "--no-lock"]);
    await this.told(run(program, args, { env: this.environment, timeout: times.reach }));
  }

  /**
   * @protected
   * @param {readonly string[]} args
   * @param {import("./process.mjs").Options} [options]
   */
  async restic(args, { env = {}, ...options } = {}) {
    if (args[0] !== "init") await this.reach();
    return await this.told(
      run(program, this.arguments(args), { ...options, env: { ...this.environment, ...env } }),
    );
  }

  /**
   * @protected
   * @param {readonly string[]} args
   */
  arguments(args) {
    const { location, region } = this.settings;
    return [
      ...["--repo", location, "--cache-dir", join(paths.work, "cache"), "--retry-lock", lockPatience],
      ...(region === undefined ? [] : ["-o", `s3.region=${region}`]),
      ...(this.readOnly ? ["--no-lock"] : []),
      ...args,
    ];
  }

  /**
   * With errors that tell of the repository.
   * @protected
   * @template Result
   * @param {Promise<Result>} work
   */
  async told(work) {
    try {
      return await work;
    } catch (error) {
      throw error instanceof CommandError && error.program === program
        ? repositoryError(this.settings, error)
        : error;
    }
  }
}

/**
 * @param {StoreCredentials | undefined} credentials
 * @returns {Environment}
 */
function credentialsOf(credentials) {
  return credentials === undefined
    ? { AWS_SHARED_CREDENTIALS_FILE: paths.storeCredentials }
    : { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
}
