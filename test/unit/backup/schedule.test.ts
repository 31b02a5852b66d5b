import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lastDue, nextDue, nextRun } from "../../../images/backup/schedule.mjs";

const day = 86_400_000;
const minute = 60_000;
const schedules = fc.record({ hour: fc.nat(23), minute: fc.nat(59) });
const midnight = fc
  .integer({ min: Date.parse("2026-01-01T00:00:00Z") / day, max: Date.parse("2032-12-31T00:00:00Z") / day })
  .map((days) => days * day);
/** Any moment, and more often one around midnight. */
const moments = fc
  .tuple(midnight, fc.oneof(fc.integer({ min: -2 * minute, max: 2 * minute }), fc.nat(day)))
  .map(([start, offset]) => new Date(start + offset));

describe("the moments that a schedule names", () => {
  test("are at its time in UTC, a day from each other, with now between", () => {
    fc.assert(
      fc.property(schedules, moments, (schedule, now) => {
        const last = lastDue(schedule, now);
        const next = nextDue(schedule, now);
        expect([last.getUTCHours(), last.getUTCMinutes()]).toEqual([schedule.hour, schedule.minute]);
        expect(last.getTime() % minute).toBe(0);
        expect(next.getTime() - last.getTime()).toBe(day);
        expect(last.getTime()).toBeLessThanOrEqual(now.getTime());
        expect(next.getTime()).toBeGreaterThan(now.getTime());
      }),
    );
  });

  test.each([
    ["2026-11-21T00:00:00.000Z", "2026-11-21T00:00:00.000Z"],
    ["2026-11-20T23:59:59.999Z", "2026-11-20T00:00:00.000Z"],
  ])("midnight as it is at %s was last due at %s", (now, due) => {
    expect(lastDue({ hour: 0, minute: 0 }, new Date(now)).toISOString()).toBe(due);
  });

  test("don't change with the zone of the machine or its summer time", () => {
    const zone = process.env.TZ;
    process.env.TZ = "America/New_York";
    try {
      const due = lastDue({ hour: 2, minute: 30 }, new Date("2026-03-08T12:00:00Z"));
      expect(due.toISOString()).toBe("2026-03-08T02:30:00.000Z");
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });
});

describe("the next run", () => {
  const outcome = (startedAt: number, error?: string) => ({
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: new Date(startedAt + minute).toISOString(),
    ...(error !== undefined && { error }),
  });

  test("is the first one at once", () => {
    fc.assert(
      fc.property(schedules, moments, (schedule, now) => {
        expect(nextRun(schedule, undefined, now)).toEqual(now);
      }),
    );
  });

  test("is at once after a downtime, once however many were missed", () => {
    fc.assert(
      fc.property(schedules, moments, fc.integer({ min: 1, max: 40 * day }), (schedule, now, missed) => {
        const last = outcome(lastDue(schedule, now).getTime() - missed);
        expect(nextRun(schedule, last, now)).toEqual(now);
        expect(nextRun(schedule, outcome(now.getTime()), now)).toEqual(nextDue(schedule, now));
      }),
    );
  });

  test("is the next due one after a success", () => {
    fc.assert(
      fc.property(schedules, moments, fc.nat(day - 1), (schedule, now, late) => {
        const due = lastDue(schedule, now).getTime();
        const last = outcome(Math.min(due + late, now.getTime()));
        expect(nextRun(schedule, last, now)).toEqual(nextDue(schedule, now));
      }),
    );
  });

  test("is ten minutes after the end of a failure, and never in the past", () => {
    fc.assert(
      fc.property(schedules, moments, fc.nat(day), (schedule, now, ago) => {
        const startedAt = Math.max(lastDue(schedule, now).getTime(), now.getTime() - ago);
        const next = nextRun(schedule, outcome(startedAt, "no space"), now);
        expect(next.getTime()).toBe(Math.max(now.getTime(), startedAt + 11 * minute));
      }),
    );
  });
});
