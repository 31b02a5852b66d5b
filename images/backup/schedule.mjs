// @ts-check

/** @typedef {import("./contract").Settings["schedule"]} Schedule */

const day = 24 * 60 * 60 * 1000;
/** Milliseconds after the end of a run that failed. */
export const retryAfter = 10 * 60 * 1000;

/**
 * The last moment that the schedule names, `now` at the latest.
 * @param {Schedule} schedule UTC, where each day has 24 hours.
 * @param {Date} now
 * @returns {Date}
 */
export function lastDue({ hour, minute }, now) {
  const today = new Date(now).setUTCHours(hour, minute, 0, 0);
  return new Date(today <= now.getTime() ? today : today - day);
}

/**
 * The first moment that the schedule names after `now`.
 * @param {Schedule} schedule
 * @param {Date} now
 * @returns {Date}
 */
export function nextDue(schedule, now) {
  return new Date(lastDue(schedule, now).getTime() + day);
}

/**
 * When the next run begins: at once when the last due one was missed, a while after a failure, else when it is due.
 * @param {Schedule} schedule
 * @param {import("./contract").Outcome | undefined} last Of the last scheduled run; undefined before the first.
 * @param {Date} now
 * @returns {Date}
 */
export function nextRun(schedule, last, now) {
  if (last === undefined || Date.parse(last.startedAt) < lastDue(schedule, now).getTime()) return now;
  if (last.error === undefined) return nextDue(schedule, now);
  const retry = new Date(Date.parse(last.finishedAt) + retryAfter);
  return retry > now ? retry : now;
}
