// @ts-check
import { dumpPath } from "./naming.mjs";
import { paths } from "./paths.mjs";

/** @typedef {import("./contract").BackupEntry} BackupEntry */
/** @typedef {import("./contract").Manifest} Manifest */
/** @typedef {import("./restic.mjs").Repository} Repository */
/** @typedef {import("./restic.mjs").Snapshot} Snapshot */

/** Where a run writes what tells of it, and so the paths in its snapshot. */
export const record = {
  folder: `${paths.work}/record`,
  manifest: `${paths.work}/record/manifest.json`,
  globals: `${paths.work}/record/globals.sql`,
};

/**
 * The complete backups of a repository, the newest first.
 * @param {Repository} repository
 * @returns {Promise<BackupEntry[]>}
 */
export async function listBackups(repository) {
  return (await repository.snapshots({ kind: "files" })).map(entryOf).reverse();
}

/**
 * @param {Snapshot} snapshot
 * @returns {BackupEntry}
 */
function entryOf({ time, tags }) {
  return {
    run: tags.run ?? "",
    time,
    reason: /** @type {BackupEntry["reason"]} */ (tags.reason),
    ...(tags.before === undefined ? {} : { before: tags.before }),
  };
}

/**
 * The snapshot that completes a backup, and what it tells.
 * @param {Repository} repository
 * @param {string} run
 * @returns {Promise<{ files: Snapshot, manifest: Manifest }>}
 */
export async function findBackup(repository, run) {
  const [files] = await repository.snapshots({ kind: "files", run });
  if (files === undefined) {
    const there = (await listBackups(repository)).map((entry) => entry.run);
    throw new Error(
      `The repository ${repository.name} has no complete backup "${run}": it has ${there.slice(0, 10).join(", ") || "none"}${there.length > 10 ? " and older ones" : ""}`,
    );
  }
  /** @type {Manifest} */
  const manifest = JSON.parse(await repository.readText(files.id, record.manifest));
  if (manifest.format !== 1)
    throw new Error(`The manifest of the backup ${run} has format ${manifest.format}: this program knows 1`);
  return { files, manifest };
}

/**
 * The dump of a database in a backup. Ids of snapshots differ between repositories, their tags don't.
 * @param {Repository} repository
 * @param {string} run
 * @param {string} database
 * @returns {Promise<{ snapshot: string, path: string }>}
 */
export async function findDump(repository, run, database) {
  const [dump] = await repository.snapshots({ kind: "database", run, database });
  if (dump === undefined)
    throw new Error(
      `The repository ${repository.name} has no dump of database "${database}" in the backup ${run}`,
    );
  return { snapshot: dump.id, path: dumpPath(database) };
}
