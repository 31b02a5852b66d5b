// @ts-check

/** Postgres cuts longer names off without a word. */
const longestName = 63;
const runForm = /^\d{8}T\d{6}Z$/;
const leftByRestoreForm = /^(.+)_(restore|before)_(\d{8}t\d{6}z)(?:_\d+)?$/;

/**
 * Id of a backup that begins then: `20261121T020000Z`.
 * @param {Date} time
 */
export function runId(time) {
  return `${time.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

/** @param {string} text */
export function isRunId(text) {
  return runForm.test(text);
}

/**
 * When the backup with that id began.
 * @param {string} run
 */
export function runTime(run) {
  if (!isRunId(run))
    throw new Error(
      `"${run}" is no id of a backup: they look like 20261121T020000Z, and \`list\` tells them`,
    );
  return new Date(run.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

/**
 * Whether a restore has made the database or kept it. Those are in no backup.
 * @param {string} database
 */
export function isLeftByRestore(database) {
  return leftByRestoreForm.test(database);
}

/**
 * A name for what is restored: `clubhouse_restore_20261121t020000z`, with a number when that is taken.
 * @param {string} database
 * @param {string} run
 * @param {readonly string[]} taken
 */
export function restoredName(database, run, taken) {
  return freeName(database, `_restore_${run.toLowerCase()}`, taken);
}

/**
 * A name for the database that makes room for a restored one. What was kept and comes back is exchanged for the restored
 * one, which gets the name that it had.
 * @param {string} database
 * @param {string} restored
 * @param {readonly string[]} taken
 */
export function keptName(database, restored, taken) {
  const [, origin = "", kind, stamp] = leftByRestoreForm.exec(restored) ?? [];
  if (stamp === undefined || !database.startsWith(origin))
    throw new Error(`"${restored}" is no database that a restore has made or kept of "${database}"`);
  return freeName(database, `_${kind === "restore" ? "before" : "restore"}_${stamp}`, taken);
}

/**
 * @param {string} database
 * @param {string} ending
 * @param {readonly string[]} taken
 */
function freeName(database, ending, taken) {
  for (let number = 1; ; number++) {
    const end = number === 1 ? ending : `${ending}_${number}`;
    let start = database;
    while (Buffer.byteLength(start + end) > longestName) start = [...start].slice(0, -1).join("");
    if (!taken.includes(start + end)) return start + end;
  }
}

/**
 * Path of a database's dump in its snapshot.
 * @param {string} database
 */
export function dumpPath(database) {
  return `/${encodeURIComponent(database)}.dump`;
}
