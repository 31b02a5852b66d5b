// @ts-check

/** @typedef {import("./contract").Keep} Keep */
/** @typedef {import("./restic.mjs").Repository} Repository */
/** @typedef {Pick<import("./restic.mjs").Snapshot, "id" | "tags">} Snapshot */

/**
 * @typedef {object} Removals
 * @property {string[]} runs
 * @property {string[]} files Snapshots that complete a backup: they go first, so that none is ever seen without the rest.
 * @property {string[]} rest
 */

/**
 * What is to be forgotten of backups that are too old. The newest backup and the newest restore point always stay.
 * @param {readonly Snapshot[]} snapshots All, the oldest first.
 * @param {ReadonlySet<string>} tooOld Ids of snapshots that complete a backup.
 * @returns {Removals}
 */
export function removals(snapshots, tooOld) {
  const files = snapshots.filter(isFiles);
  const newest = [true, false].map((points) => files.findLast((each) => isRestorePoint(each) === points));
  const removed = files.filter((each) => tooOld.has(each.id) && !newest.includes(each));
  const runs = new Set(removed.map(runOf));
  return {
    runs: [...runs],
    files: removed.map(({ id }) => id),
    rest: snapshots.filter((each) => isDump(each) && runs.has(runOf(each))).map(({ id }) => id),
  };
}

/**
 * Snapshots of runs that didn't come to their end.
 * @param {readonly Snapshot[]} snapshots
 * @param {ReadonlySet<string>} [except] Runs that are left alone.
 * @returns {string[]}
 */
export function incomplete(snapshots, except = new Set()) {
  const complete = new Set(snapshots.filter(isFiles).map(runOf));
  return snapshots
    .filter((each) => isDump(each) && !complete.has(runOf(each)) && !except.has(runOf(each)))
    .map(({ id }) => id);
}

/**
 * Forgets what is too old, and returns how many backups that were. Their space is freed by `prune`.
 * @param {Repository} repository
 * @param {Keep} keep
 * @returns {Promise<number>}
 */
export async function forgetOld(repository, { daily, weekly, monthly, restorePoints }) {
  const kind = "files";
  const backups = [
    { kind, reason: "scheduled" },
    { kind, reason: "manual" },
  ];
  const tooOld = new Set([
    ...(await repository.forgetPlan(backups, { daily, weekly, monthly })),
    ...(await repository.forgetPlan([{ kind, reason: "restore-point" }], { last: restorePoints })),
  ]);
  if (tooOld.size === 0) return 0;
  const { runs, files, rest } = removals(await repository.snapshots(), tooOld);
  await repository.forget(files);
  await repository.forget(rest);
  return runs.length;
}

/**
 * Forgets what runs left behind that didn't come to their end.
 * @param {Repository} repository
 * @param {ReadonlySet<string>} [except]
 */
export async function forgetIncomplete(repository, except) {
  await repository.forget(incomplete(await repository.snapshots(), except));
}

const isFiles = (/** @type {Snapshot} */ { tags }) => tags.kind === "files";
const isDump = (/** @type {Snapshot} */ { tags }) => tags.kind === "database";
const isRestorePoint = (/** @type {Snapshot} */ { tags }) => tags.reason === "restore-point";
const runOf = (/** @type {Snapshot} */ { tags }) => tags.run ?? "";
