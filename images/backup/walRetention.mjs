// @ts-check
import { expired } from "./walHistory.mjs";

/** @typedef {import("./restic.mjs").Repository} Repository */

/**
 * Forgets base backups and snapshots of the log that are too old.
 * @param {Repository} repository
 * @param {number} days
 * @returns {Promise<number>} how many
 */
export async function forgetWal(repository, days) {
  const bases = await repository.snapshots({ kind: "base" });
  const logs = await repository.snapshots({ kind: "wal" });
  const ids = expired(bases, logs, days, new Date());
  // A command line has an end.
  for (let start = 0; start < ids.length; start += 500)
    await repository.forget(ids.slice(start, start + 500));
  return ids.length;
}
