import { describe, expect, it } from "vitest";
import type { BackupEntry } from "../../../../images/backup/contract";
import { age, backupLines, bytes, chosenBackup } from "../../../../lib/backup/choice";

const entry = (hour: number, before?: string): BackupEntry => ({
  run: `20261121T0${hour}0000Z`,
  time: `2026-11-21T0${hour}:00:00Z`,
  reason: before === undefined ? "scheduled" : "restore-point",
  ...(before !== undefined && { before }),
});
const entries = [entry(2), entry(4, "1.1.0"), entry(3, "1.1.0"), entry(1, "1.0.0")];

describe("chosenBackup", () => {
  it("is the newest, the one with an id, or the last one before a release", () => {
    expect(chosenBackup(entries, { from: "latest" })).toBe(entries[1]);
    expect(chosenBackup(entries, { from: "20261121T020000Z" })).toBe(entries[0]);
    expect(chosenBackup(entries, { before: "1.1.0" })).toBe(entries[1]);
    expect(chosenBackup(entries, { before: "1.0.0" })).toBe(entries[3]);
  });

  it.each([
    [[], { from: "latest" }, "the repository has no complete backup"],
    [
      entries.slice(0, 2),
      { from: "yesterday" },
      "--from yesterday is neither latest nor a backup: 20261121T040000Z, 20261121T020000Z",
    ],
    [
      entries,
      { before: "9.9.9" },
      "--before 9.9.9 is no release that has a restore point: there are 1.1.0, 1.0.0",
    ],
    [
      entries.slice(0, 1),
      { before: "9.9.9" },
      "--before 9.9.9 is no release that has a restore point: there is no restore point at all",
    ],
  ])("is refused with what there is", (given, choice, message) => {
    expect(() => chosenBackup(given, choice)).toThrow(new RangeError(message));
  });
});

it("lists the newest first", () => {
  expect(backupLines(entries.slice(0, 2))).toEqual([
    "20261121T040000Z  2026-11-21T04:00:00Z  restore-point before 1.1.0",
    "20261121T020000Z  2026-11-21T02:00:00Z  scheduled",
  ]);
});

it.each([
  ["2026-11-21T02:00:00Z", "0 seconds"],
  ["2026-11-21T02:00:01Z", "0 seconds"],
  ["2026-11-21T01:59:59Z", "1 second"],
  ["2026-11-21T01:58:50Z", "1 minute 10 seconds"],
  ["2026-11-21T00:00:00Z", "2 hours"],
  ["2026-11-19T23:30:00Z", "1 day 2 hours"],
])("tells how long ago %s is: %s", (time, expected) => {
  expect(age(time, new Date("2026-11-21T02:00:00Z"))).toBe(expected);
});

it.each([
  [0, "0 B"],
  [1_500, "1.5 kB"],
  [3_140_000, "3.1 MB"],
  [2e12, "2000.0 GB"],
])("writes %d as %s", (count, expected) => {
  expect(bytes(count)).toBe(expected);
});
