// @ts-check
import { chmod, readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { paths } from "./paths.mjs";
import { isOver } from "./resticLock.mjs";
import { brokenPacksOf, RepositoryError } from "./resticOutput.mjs";
import { fromEnvironment, ResticProgram, short } from "./resticProgram.mjs";

/** How long a lock of one that is alive is waited for, milliseconds and times. */
const unlocking = { wait: 10_000, attempts: 6 };

/** What keeps a repository in order. */
export class RepositoryUpkeep extends ResticProgram {
  /**
   * Makes sure that it is there and that the key fits. When it isn't there it becomes a new one, if that is allowed.
   * @param {{ mayInitialise: boolean, chunkerFrom?: RepositoryUpkeep }} options `mayInitialise` must be false when backups are
   *   known: a repository that was lost isn't replaced in silence. `chunkerFrom` is the one whose snapshots it gets copies
   *   of: with its parameters the same data is the same in both.
   * @returns {Promise<void>}
   */
  async prepare({ mayInitialise, chunkerFrom }) {
    try {
      await this.look();
      // It was ended before it came to that.
      if (this.isLocal && !this.readOnly) await shareWithGroup(this.settings.location);
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
    await this.restic(["init", ...chunker], { timeout: short, env: fromEnvironment });
    if (this.isLocal) await shareWithGroup(this.settings.location);
  }

  /** Removes locks of those that are dead: they can't do it themselves when they are killed. */
  async unlock() {
    for (let attempt = 1; attempt <= unlocking.attempts; attempt += 1) {
      const locks = await this.locks();
      const now = Date.now();
      const over = await Promise.all(locks.map((lock) => isOver(lock, hostname(), now)));
      if (!over.includes(true)) return;
      // restic's own test takes any process with the number of the dead one for it, and in a container numbers come again.
      if (over.every(Boolean)) {
        await this.restic(["unlock", "--remove-all"], { timeout: short });
        return;
      }
      // Only all of them can be removed.
      await sleep(unlocking.wait);
    }
  }

  /** @param {readonly string[]} ids */
  async forget(ids) {
    if (ids.length > 0) await this.restic(["forget", ...ids], { timeout: short });
  }

  /** Frees the space of what was forgotten. */
  async prune() {
    await this.restic(["prune"]);
  }

  /**
   * Looks at its structure; the error has `damaged` when something is wrong with it. What is in the packs the drill reads.
   */
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
   * What it takes up, of all that is in snapshots.
   * @returns {Promise<{ bytes: number }>}
   */
  async stats() {
    const { stdout } = await this.restic(["stats", "--mode", "raw-data", "--json", "--no-lock"]);
    return { bytes: JSON.parse(stdout).total_size };
  }

  /**
   * @private
   * @returns {Promise<import("./resticLock.mjs").Lock[]>}
   */
  async locks() {
    const read = async (/** @type {string[]} */ ...args) =>
      (await this.restic([...args, "--no-lock"], { timeout: short })).stdout;
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
}

/**
 * restic makes new files as readable as the file config is, and folders alike: the drill reads it as one of the group.
 * @param {string} folder
 */
async function shareWithGroup(folder) {
  if (((await stat(join(folder, "config"))).mode & 0o040) !== 0) return;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.name !== "config")
      await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o2750 : 0o440);
  // The last one: it tells that all are.
  await chmod(join(folder, "config"), 0o440);
}
