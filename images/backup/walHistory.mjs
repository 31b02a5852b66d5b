// @ts-check

/**
 * What a repository has for the recovery to any moment: base backups, and snapshots of the spool, each with all of the
 * write-ahead log since the base backup before the last. Their tags:
 * - `server`: the system identifier; the log of one server is of no use to another.
 * - `wal` of a base backup: the segment that its log begins with, or one before that.
 * - `until` of a snapshot of the spool: it has all that was committed until then. It has none when the server was out of
 *   reach.
 */

/** @typedef {import("./restic.mjs").Snapshot} Snapshot */

const day = 24 * 60 * 60 * 1000;
/** Of the snapshots of the spool, whatever their days. */
const keptLast = 3;
/** One could be damaged. */
const keptBases = 2;

/**
 * The base backup and the log for a recovery to a moment, or as far as possible.
 * @param {readonly Snapshot[]} bases The oldest first, as the log.
 * @param {readonly Snapshot[]} logs
 * @param {Date} [time]
 * @returns {{ base: Snapshot, log: Snapshot }}
 */
export function recoverySources(bases, logs, time) {
  if (time === undefined) {
    const base = bases.findLast((each) => logs.some((log) => isOf(log, each)));
    const log = base === undefined ? undefined : logs.findLast((each) => isOf(each, base));
    if (base === undefined || log === undefined) throw new Error(nothing);
    return { base, log };
  }
  const base = bases.findLast(
    (each) => Date.parse(each.finishedAt) <= time.getTime() && logs.some((log) => isOf(log, each)),
  );
  const following = base === undefined ? [] : logs.filter((each) => isOf(each, base));
  const log =
    following.find(({ tags }) => tags.until !== undefined && Date.parse(tags.until) >= time.getTime()) ??
    following.at(-1);
  if (base === undefined || log === undefined || endOf(log) < time.getTime())
    throw new Error(`${time.toISOString()} can't be recovered: ${possibleTimes(bases, logs)}`);
  return { base, log };
}

const nothing = "there is no base backup with a write-ahead log after it yet: one is made daily";

/**
 * Of each server: one that was lost has its own times, before those of the one in its place.
 * @param {readonly Snapshot[]} bases
 * @param {readonly Snapshot[]} logs
 * @returns {string}
 */
function possibleTimes(bases, logs) {
  const servers = [...new Set(logs.map(({ tags }) => tags.server))];
  const times = servers.flatMap((server) => {
    const own = logs.filter(({ tags }) => tags.server === server);
    const first = bases.find((each) => own.some((log) => isOf(log, each)));
    const last = own.at(-1);
    if (first === undefined || last === undefined) return [];
    return [`${first.finishedAt} to ${new Date(endOf(last)).toISOString()}`];
  });
  return times.length === 0 ? nothing : `possible is ${times.join(", and ")}`;
}

/**
 * Whether the log goes on from the base backup.
 * @param {Snapshot} log
 * @param {Snapshot} base
 */
function isOf(log, base) {
  return log.tags.server === base.tags.server && log.time >= base.finishedAt;
}

/** @param {Snapshot} log */
function endOf({ tags, time }) {
  return Math.max(Date.parse(time), Date.parse(tags.until ?? time));
}

/**
 * What is too old. Of the log it keeps the last snapshots, and the last of each day that is kept; and the base backups that
 * those go on from.
 * @param {readonly Snapshot[]} bases The oldest first, as the log.
 * @param {readonly Snapshot[]} logs
 * @param {number} days
 * @param {Date} now
 * @returns {string[]} ids
 */
export function expired(bases, logs, days, now) {
  const oldestDay = startOfDay(now) - (days - 1) * day;
  const lastOfDay = new Map(logs.map((log) => [startOfDay(new Date(log.time)), log.id]));
  const kept = logs.filter(
    (log, index) =>
      index >= logs.length - keptLast ||
      (Date.parse(log.time) >= oldestDay && lastOfDay.get(startOfDay(new Date(log.time))) === log.id),
  );
  const first = kept[0];
  const needed = first === undefined ? undefined : neededBase(bases, new Date(first.time));
  const removedBases =
    needed === undefined
      ? []
      : bases.slice(0, Math.max(0, Math.min(bases.indexOf(needed), bases.length - keptBases)));
  return [...logs.filter((log) => !kept.includes(log)), ...removedBases].map(({ id }) => id);
}

/**
 * The base backup from which the log of a whole day goes on: the last before the day, else the first.
 * @param {readonly Snapshot[]} bases The oldest first.
 * @param {Date} time
 * @returns {Snapshot | undefined}
 */
export function neededBase(bases, time) {
  const midnight = startOfDay(time);
  return bases.findLast(({ finishedAt }) => Date.parse(finishedAt) < midnight) ?? bases[0];
}

/** @param {Date} time */
function startOfDay(time) {
  return new Date(time).setUTCHours(0, 0, 0, 0);
}
