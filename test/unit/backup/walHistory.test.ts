import { describe, expect, it } from "vitest";
import { expired, neededBase, recoverySources } from "../../../images/backup/walHistory.mjs";

const hour = 3600_000;

/** A snapshot that began then and took a minute. */
function snapshot(time: string, tags: Record<string, string>) {
  const finishedAt = new Date(Date.parse(time) + 60_000).toISOString();
  return { id: time, time: new Date(time).toISOString(), finishedAt, bytes: 1, tags, paths: ["/spool"] };
}
const base = (time: string, server = "1") => snapshot(time, { server, wal: "000000010000000000000001" });
const log = (time: string, server = "1") => snapshot(time, { server, until: new Date(time).toISOString() });
const logOfNoServer = (time: string) => snapshot(time, { server: "1" });

describe("the sources of a recovery", () => {
  const bases = [base("2026-11-20T02:00:00Z"), base("2026-11-21T02:00:00Z")];
  const logs = [log("2026-11-20T23:59:30Z"), log("2026-11-21T09:59:30Z"), log("2026-11-21T10:00:00Z")];

  it("are the newest that there are for a recovery as far as possible", () => {
    expect(recoverySources(bases, logs)).toEqual({ base: bases[1], log: logs[2] });
  });

  it("are the last base backup that ended before the moment and the first log that has it", () => {
    expect(recoverySources(bases, logs, new Date("2026-11-20T10:00:00Z"))).toEqual({
      base: bases[0],
      log: logs[0],
    });
    expect(recoverySources(bases, logs, new Date("2026-11-21T02:00:30Z"))).toEqual({
      base: bases[0],
      log: logs[1],
    });
    expect(recoverySources(bases, logs, new Date("2026-11-21T02:01:00Z"))).toEqual({
      base: bases[1],
      log: logs[1],
    });
    expect(recoverySources(bases, logs, new Date("2026-11-21T10:00:00Z"))).toEqual({
      base: bases[1],
      log: logs[2],
    });
  });

  it("take the last log, shipped without the server, for a moment after what is sure", () => {
    const last = logOfNoServer("2026-11-21T10:00:30Z");
    const time = new Date("2026-11-21T10:00:10Z");
    expect(recoverySources(bases, [...logs, last], time)).toEqual({ base: bases[1], log: last });
  });

  it("are none before the first base backup's end and after the last log, and the error tells the range", () => {
    const range = "possible is 2026-11-20T02:01:00.000Z to 2026-11-21T10:00:00.000Z";
    for (const time of ["2026-11-20T02:00:59Z", "2026-11-21T10:00:01Z"])
      expect(() => recoverySources(bases, logs, new Date(time))).toThrow(range);
  });

  it("are of one server", () => {
    const anew = [...bases, base("2026-11-21T11:00:00Z", "2")];
    const time = new Date("2026-11-21T09:00:00Z");
    const both = [...logs, log("2026-11-21T12:00:00Z", "2")];
    expect(recoverySources(anew, both, time)).toEqual({ base: bases[1], log: logs[1] });
    expect(recoverySources(anew, both)).toEqual({ base: anew[2], log: both[3] });
    expect(recoverySources(anew, logs)).toEqual({ base: bases[1], log: logs[2] });
  });

  it("are none while no log follows a base backup", () => {
    expect(() => recoverySources(bases, [])).toThrow("no base backup with a write-ahead log after it yet");
  });
});

describe("what is too old", () => {
  const days = ["17", "18", "19", "20", "21"];
  const bases = days.map((day) => base(`2026-11-${day}T02:00:00Z`));
  const logs = days.flatMap((day) =>
    [6, 12, 23].map((at) => log(`2026-11-${day}T${String(at).padStart(2, "0")}:00:00Z`)),
  );
  const now = new Date("2026-11-21T23:30:00Z");

  it("is all of the log but the last of each day and the last three, and the base backups before", () => {
    const kept = [...bases, ...logs]
      .map(({ id }) => id)
      .filter((id) => !expired(bases, logs, 2, now).includes(id));
    expect(kept).toEqual([
      "2026-11-19T02:00:00Z",
      "2026-11-20T02:00:00Z",
      "2026-11-21T02:00:00Z",
      "2026-11-20T23:00:00Z",
      "2026-11-21T06:00:00Z",
      "2026-11-21T12:00:00Z",
      "2026-11-21T23:00:00Z",
    ]);
  });

  it("leaves every moment of the days that are kept recoverable", () => {
    const gone = expired(bases, logs, 3, now);
    const left = <Each extends { id: string }>(all: readonly Each[]) =>
      all.filter(({ id }) => !gone.includes(id));
    for (
      let time = Date.parse("2026-11-19T00:00:00Z");
      time < Date.parse("2026-11-21T23:00:00Z");
      time += hour
    ) {
      const found = recoverySources(left(bases), left(logs), new Date(time));
      // It has the log since the base backup before the last at its time.
      const before = bases.filter((each) => each.finishedAt < found.log.time);
      expect(before.slice(-2)).toContain(found.base);
    }
  });

  it("is never the last of all, however old", () => {
    const later = new Date("2027-11-21T00:00:00Z");
    const gone = expired(bases, logs, 1, later);
    expect(gone).not.toContain(bases.at(-1)?.id);
    expect(logs.slice(-3).filter(({ id }) => gone.includes(id))).toEqual([]);
    expect(expired([], [], 1, later)).toEqual([]);
  });
});

it("the log of a day goes on from the last base backup before it, else the first", () => {
  const bases = ["2026-11-20T02:00:00Z", "2026-11-21T02:00:00Z", "2026-11-21T10:00:00Z"].map((time) =>
    base(time),
  );
  expect(neededBase(bases, new Date("2026-11-21T10:01:00Z"))).toBe(bases[0]);
  expect(neededBase(bases.slice(1), new Date("2026-11-21T10:01:00Z"))).toBe(bases[1]);
  expect(neededBase([], new Date())).toBeUndefined();
});
