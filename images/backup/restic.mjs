// @ts-check
import { lstat, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError, pipe, runToFile } from "./process.mjs";
import { commandProblem, isComplete, RepositoryError, summaryOf } from "./resticOutput.mjs";
import { fromEnvironment, program, short } from "./resticProgram.mjs";
import { labelsOf, tagFilter, tagsOf } from "./resticTags.mjs";
import { RepositoryUpkeep } from "./resticUpkeep.mjs";

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

/** A restic repository. */
export class Repository extends RepositoryUpkeep {
  /**
   * Stores the output of a program. There is no snapshot when the program fails; the error is a CommandError then.
   * @param {{ filename: string, tags: Tags }} options
   * @param {string} command
   * @param {readonly string[]} args
   * @param {Environment} env
   * @returns {Promise<{ snapshot: string } & Stored>}
   */
  async backupCommand({ filename, tags }, command, args, env) {
    // restic reads a program's standard error until the program has ended, and may lose its last lines by that.
    const folder = await mkdtemp(join(tmpdir(), "command-"));
    const stderr = join(folder, "stderr");
    const recorded = ["sh", "-c", 'exec "$@" 2> "$0"', stderr, command, ...args];
    // It can't be compared with an earlier one, which restic reads unless forced: a damaged one would be an error.
    const source = ["--force", "--stdin-from-command", "--stdin-filename", filename, "--", ...recorded];
    try {
      const { snapshot, ...stored } = await this.backup([...tagsOf(tags), ...source], env);
      if (snapshot === undefined) throw new RepositoryError(this.settings, `it did not store ${filename}`);
      return { snapshot, ...stored };
    } catch (error) {
      const problem = error instanceof RepositoryError ? commandProblem(error.output.stderr) : undefined;
      if (problem === undefined) throw error;
      throw new CommandError(command, undefined, problem, { stderr: await readFile(stderr, "utf8") });
    } finally {
      await rm(folder, { recursive: true });
    }
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
    const { stdout } = await this.restic(args, { timeout: short });
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
        timeout: short,
      },
    );
    /** @type {{ remove: { id: string }[] | null }[]} */
    const groups = stdout.trim() === "" ? [] : JSON.parse(stdout);
    return groups.flatMap(({ remove }) => (remove ?? []).map(({ id }) => id));
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
}

/**
 * Without a lock: one whose reader stops early is killed by that, and would leave it.
 * @param {string} snapshot
 * @param {string} path
 */
function dumpOf(snapshot, path) {
  return ["dump", "--no-lock", snapshot, path];
}
