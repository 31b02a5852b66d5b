// @ts-check
import { join } from "node:path";
import { findBackup, findDump } from "./backups.mjs";
import { isRunId } from "./naming.mjs";
import { paths } from "./paths.mjs";
import { readJson } from "./state.mjs";

/** @typedef {import("./contract").DatabaseRecord} DatabaseRecord */
/** @typedef {import("./contract").Manifest} Manifest */
/** @typedef {import("./restic.mjs").Repository} Repository */

/**
 * A dump, and what it must have.
 * @typedef {object} Source
 * @property {string} run
 * @property {DatabaseRecord} expected
 * @property {(file: string) => Promise<string>} fetch Gives the name of a file with the dump, which is this one if it has
 *   none yet.
 */

/**
 * The dump of a database in a backup.
 * @param {Repository} repository
 * @param {string} backup
 * @param {string} database
 * @returns {Promise<Source>}
 */
export async function fromBackup(repository, backup, database) {
  const { manifest } = await findBackup(repository, backup);
  return {
    run: backup,
    expected: recordOf(manifest, database),
    fetch: async (file) => {
      const { snapshot, path } = await findDump(repository, backup, database);
      const program = join(paths.program, "indexDump.mjs");
      await repository.dumpInto(snapshot, path, process.execPath, [program, file], {});
      return file;
    },
  };
}

/**
 * The dump of a database that a recovery to a moment has left.
 * @param {string} recovered
 * @param {string} database
 * @returns {Promise<Source>}
 */
export async function fromRecovered(recovered, database) {
  if (!isRunId(recovered))
    throw new Error(
      `recovered is "${recovered}": allowed is what \`recover\` gave, such as 20261121T020000Z`,
    );
  const folder = join(paths.state, "recovered", recovered);
  /** @type {Manifest | undefined} */
  const manifest = await readJson(join(folder, "manifest.json"));
  if (manifest === undefined)
    throw new Error(`There is no recovered ${recovered}: the next \`recover\` removes it`);
  return {
    run: recovered,
    expected: recordOf(manifest, database),
    fetch: async () => join(folder, `${database}.dump`),
  };
}

/**
 * @param {Manifest} manifest
 * @param {string} database
 */
function recordOf({ run: backup, databases }, database) {
  const found = databases[database];
  if (found === undefined)
    throw new Error(
      `The backup ${backup} has no database "${database}": it has ${Object.keys(databases).join(", ") || "none"}`,
    );
  return found;
}
