// @ts-check
import { chmod, lstat, readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { isAbsolute, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { paths } from "./paths.mjs";
import { CommandError, pipe, run, runToFile } from "./process.mjs";
import { isOver } from "./resticLock.mjs";
import { brokenPacksOf, isComplete, RepositoryError, repositoryError, summaryOf } from "./resticOutput.mjs";
import { labelsOf, tagFilter, tagsOf } from "./resticTags.mjs";

/** @typedef {import("./contract").RepositorySettings} RepositorySettings */
/** @typedef {import("./contract").StoreCredentials} StoreCredentials */
/** @typedef {import("./process.mjs").Environment} Environment */
/** @typedef {import("./resticTags.mjs").Tags} Tags */

/**
 * @typedef {object} Snapshot
 * @property {string} id
 * @property {string} time When it began, ISO 8601.
 * @property {string} finishedAt ISO 8601.
 * @property {number} bytes Of what was read.
 * @property {Tags} tags
 * @property {readonly string[]} paths
 */

/**
 * @typedef {object} Stored
 * @property {number} bytes Of what was read.
 * @property {number} added That the repository grew by.
 */

const program = "restic";

/** Milliseconds. restic by itself tries for a quarter of an hour to reach a store. */
const times = { reach: 60_000, reached: 60_000, unlock: 10_000, short: 10 * 60_000 };
const unlockAttempts = 6;

/**
 * Others that work in the repository, such as the shipping of the write-ahead log, are done in seconds; a lock that lasts
 * is an error.
 */
const lockPatience = "2m";

/** A restic repository. */
export class Repository {
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
    /** @private @readonly */
    this.host = host;
    /** @private @readonly */
    this.readOnly = readOnly;
    /** @private @readonly */
    this.isLocal = isAbsolute(settings.location);
    /** @private @readonly @type {Environment} */
    this.environment = {
      RESTIC_PASSWORD_FILE: paths.repositoryKey,
      // Of a program that nobody watches: one line a minute.
      RESTIC_PROGRESS_FPS: "0.0167",
      // Its packs are too large for the container's /tmp.
      TMPDIR: paths.work,
      // Days begin at midnight there.
      TZ: "UTC",
      ...(this.isLocal ? {} : credentialsOf(credentials)),
    };
    /** @private When the store was last seen, milliseconds since 1970. */
    this.reachedAt = 0;
  }

  /**
   * Makes sure that it is there and that the key fits. When it isn't there it becomes a new one, if that is allowed.
   * @param {{ mayInitialise: boolean, chunkerFrom?: Repository }} options `mayInitialise` must be false when backups are
   *   known: a repository that was lost isn't replaced in silence. `chunkerFrom` is the one whose snapshots it gets copies
   *   of: with its parameters the same data is the same in both.
   * @returns {Promise<void>}
   */
  async prepare({ mayInitialise, chunkerFrom }) {
    try {
      await this.look();
      return;
    } catch (error) {
      if (!(error instanceof RepositoryError) || error.exitCode !== 10) throw error;
      if (!mayInitialise)
        throw new RepositoryError(
          this.settings,
          "it is gone, though earlier backups were made to it; bring it back, or delete the file /state/backup.json to begin anew",
          { exitCode: error.exitCode },
        );
    }
    if (this.isLocal && (await readdir(this.settings.location)).length > 0)
      throw new RepositoryError(
        this.settings,
        "the folder has files but no repository; empty it, or bring back its file config",
      );
    const chunker =
      chunkerFrom === undefined
        ? []
        : ["--copy-chunker-params", "--from-repo", chunkerFrom.settings.location];
    await this.restic(["init", ...chunker], { timeout: times.short, env: fromEnvironment });
    if (this.isLocal) await shareWithGroup(this.settings.location);
  }

  /** Removes locks of those that are dead: they can't do it themselves when they are killed. */
  async unlock() {
    for (let attempt = 1; attempt <= unlockAttempts; attempt += 1) {
      const locks = await this.locks();
      const now = Date.now();
      const over = await Promise.all(locks.map((lock) => isOver(lock, hostname(), now)));
      if (!over.includes(true)) return;
      // restic's own test takes any process with the number of the dead one for it, and in a container numbers come again.
      if (over.every(Boolean)) {
        await this.restic(["unlock", "--remove-all"], { timeout: times.short });
        return;
      }
      // Only all of them can be removed.
      await sleep(times.unlock);
    }
  }

  /**
   * Stores the output of a program. There is no snapshot when the program fails.
   * @param {{ filename: string, tags: Tags }} options
   * @param {string} command
   * @param {readonly string[]} args
   * @param {Environment} env
   * @returns {Promise<{ snapshot: string } & Stored>}
   */
  async backupCommand({ filename, tags }, command, args, env) {
    // It can't be compared with an earlier one, which restic reads unless forced: a damaged one would be an error.
    const source = ["--force", "--stdin-from-command", "--stdin-filename", filename, "--", command, ...args];
    const { snapshot, ...stored } = await this.backup([...tagsOf(tags), ...source], env);
    if (snapshot === undefined) throw new RepositoryError(this.settings, `it did not store ${filename}`);
    return { snapshot, ...stored };
  }

  /**
   * Stores files and folders.
   * @param {{ paths: readonly string[], tags: Tags, skipIfUnchanged?: boolean }} options
   * @returns {Promise<{ snapshot: string | undefined } & Stored>} `snapshot` is undefined when nothing has changed and
   *   that is to be skipped
   */
  async backupPaths({ paths: sources, tags, skipIfUnchanged = false }) {
    // restic goes on without those that aren't there.
    for (const source of sources) await lstat(source);
    const skip = skipIfUnchanged ? ["--skip-if-unchanged"] : [];
    return await this.backup([...tagsOf(tags), ...skip, "--", ...sources]);
  }

  /**
   * The snapshots that have all the tags, the oldest first.
   * @param {Tags} [tags]
   * @returns {Promise<Snapshot[]>}
   */
  async snapshots(tags = {}) {
    const args = ["snapshots", "--json", "--no-lock", "--host", this.host, ...tagFilter([tags])];
    const { stdout } = await this.restic(args, { timeout: times.short });
    /** @type {{ id: string, time: string, tags?: string[], paths: string[], summary: { backup_end: string, total_bytes_processed: number } }[]} */
    const found = JSON.parse(stdout);
    return found
      .map(({ id, time, tags, paths, summary }) => ({
        id,
        time: new Date(time).toISOString(),
        finishedAt: new Date(summary.backup_end).toISOString(),
        bytes: summary.total_bytes_processed,
        tags: labelsOf(tags ?? []),
        paths,
      }))
      .sort((a, b) => a.time.localeCompare(b.time));
  }

  /**
   * Ids of the snapshots that a policy would remove.
   * @param {readonly Tags[]} tags Snapshots that have all tags of one of these.
   * @param {Readonly<Record<string, number>>} keep As restic's options without `--keep-`: `{ daily: 7, last: 3 }`.
   * @returns {Promise<string[]>}
   */
  async forgetPlan(tags, keep) {
    const policy = Object.entries(keep).flatMap(([name, count]) =>
      count > 0 ? [`--keep-${name}`, `${count}`] : [],
    );
    // Without a policy nothing is too old.
    if (policy.length === 0) return [];
    const scope = ["--group-by", "", "--host", this.host, ...tagFilter(tags)];
    const { stdout } = await this.restic(
      ["forget", "--dry-run", "--json", "--no-lock", ...scope, ...policy],
      {
        timeout: times.short,
      },
    );
    /** @type {{ remove: { id: string }[] | null }[]} */
    const groups = JSON.parse(stdout);
    return groups.flatMap(({ remove }) => (remove ?? []).map(({ id }) => id));
  }

  /** @param {readonly string[]} ids */
  async forget(ids) {
    if (ids.length > 0) await this.restic(["forget", ...ids], { timeout: times.short });
  }

  /** Frees the space of what was forgotten. */
  async prune() {
    await this.restic(["prune"]);
  }

  /** Looks at its structure; the error has `damaged` when something is wrong with it. */
  async check() {
    await this.restic(["check", "--json"]);
  }

  /**
   * Removes what is damaged, so that the next backup stores it again.
   * @returns {Promise<void>}
   */
  async repair() {
    const broken = await this.brokenPacks();
    await this.restic(["repair", "index"]);
    if (broken.length === 0) return;
    await this.restic(["repair", "packs", ...broken], { cwd: paths.work });
    // restic leaves copies of them where it runs.
    for (const pack of broken) await rm(join(paths.work, `pack-${pack}`), { force: true });
  }

  /**
   * @param {string} snapshot
   * @param {string} path
   * @returns {Promise<string>}
   */
  async readText(snapshot, path) {
    return (await this.restic(dumpOf(snapshot, path))).stdout;
  }

  /**
   * @param {string} snapshot
   * @param {string} path
   * @param {string} file
   */
  async dump(snapshot, path, file) {
    await this.reach();
    await this.told(
      runToFile(program, this.arguments(dumpOf(snapshot, path)), file, { env: this.environment }),
    );
  }

  /**
   * Gives a stored file to a program as its input.
   * @param {string} snapshot
   * @param {string} path
   * @param {string} command
   * @param {readonly string[]} args
   * @param {Environment} env
   * @param {Parameters<typeof pipe>[2]} [options]
   * @returns {Promise<import("./process.mjs").Output>}
   */
  async dumpInto(snapshot, path, command, args, env, options) {
    await this.reach();
    const source = this.arguments(dumpOf(snapshot, path));
    return await this.told(pipe([program, source, this.environment], [command, args, env], options));
  }

  /**
   * @param {string} snapshot
   * @param {string} target
   * @param {{ include?: readonly string[] }} [options] Paths in the snapshot; all of it unless given.
   */
  async restore(snapshot, target, { include = [] } = {}) {
    const only = include.flatMap((path) => ["--include", path]);
    await this.restic(["restore", snapshot, "--no-lock", "--target", target, ...only]);
  }

  /**
   * Copies snapshots of another repository that aren't in this one yet.
   * @param {Repository} other
   * @param {readonly string[]} ids
   */
  async copyFrom(other, ids) {
    if (ids.length === 0) return;
    await this.restic(["copy", "--from-repo", other.settings.location, ...ids], { env: fromEnvironment });
  }

  /**
   * What it takes up, of all that is in snapshots.
   * @returns {Promise<{ bytes: number }>}
   */
  async stats() {
    const { stdout } = await this.restic(["stats", "--mode", "raw-data", "--json", "--no-lock"]);
    return { bytes: JSON.parse(stdout).total_size };
  }

  /**
   * @private
   * @param {readonly string[]} args
   * @param {Environment} [env]
   * @returns {Promise<{ snapshot: string | undefined } & Stored>}
   */
  async backup(args, env = {}) {
    const command = ["backup", "--json", "--host", this.host, ...args];
    try {
      const { stdout } = await this.restic(command, { env });
      return summaryOf(stdout);
    } catch (error) {
      if (!(error instanceof RepositoryError) || error.exitCode !== 3) throw error;
      const summary = summaryOf(error.output.stdout);
      if (isComplete(error.output.stderr)) return summary;
      if (summary.snapshot !== undefined) await this.forget([summary.snapshot]);
      throw error;
    }
  }

  /**
   * @private
   * @returns {Promise<import("./resticLock.mjs").Lock[]>}
   */
  async locks() {
    const read = async (/** @type {string[]} */ ...args) =>
      (await this.restic([...args, "--no-lock"], { timeout: times.short })).stdout;
    const ids = (await read("list", "locks")).split("\n").filter((id) => id !== "");
    const locks = [];
    for (const id of ids) {
      try {
        locks.push(JSON.parse(await read("cat", "lock", id)));
      } catch (error) {
        // Released meanwhile, most likely; if not, it stays.
        if (!(error instanceof RepositoryError)) throw error;
      }
    }
    return locks;
  }

  /** @private */
  async brokenPacks() {
    try {
      await this.check();
    } catch (error) {
      if (!(error instanceof RepositoryError) || !error.damaged) throw error;
      return brokenPacksOf(error.output.stdout);
    }
    return [];
  }

  /** Fails soon when the store can't be reached. @private */
  async reach() {
    if (this.isLocal || Date.now() < this.reachedAt + times.reached) return;
    await this.look();
    this.reachedAt = Date.now();
  }

  /** @private */
  async look() {
    const args = this.arguments(["cat", "config", "--no-lock"]);
    await this.told(run(program, args, { env: this.environment, timeout: times.reach }));
  }

  /**
   * @private
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
   * @private
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
   * @private
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
 * Without a lock: one whose reader stops early is killed by that, and would leave it.
 * @param {string} snapshot
 * @param {string} path
 */
function dumpOf(snapshot, path) {
  return ["dump", "--no-lock", snapshot, path];
}

/** Of the repository that is copied from; all have one key. @type {Environment} */
const fromEnvironment = { RESTIC_FROM_PASSWORD_FILE: paths.repositoryKey };

/**
 * @param {StoreCredentials | undefined} credentials
 * @returns {Environment}
 */
function credentialsOf(credentials) {
  return credentials === undefined
    ? { AWS_SHARED_CREDENTIALS_FILE: paths.storeCredentials }
    : { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
}

/**
 * restic makes new files as readable as the file config is, and folders alike: the drill reads it as one of the group.
 * @param {string} folder
 */
async function shareWithGroup(folder) {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    await chmod(path, entry.isDirectory() ? 0o2750 : 0o440);
  }
}
