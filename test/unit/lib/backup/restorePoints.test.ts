import { describe, expect, it } from "vitest";
import type { BackupEntry } from "../../../../images/backup/contract";
import { breakingMigrations, pointsSince, type RestorePoint } from "../../../../lib/backup/restorePoints";
import type { Release } from "../../../../lib/history";

const hour = (number: number, minute = 0) => new Date(Date.UTC(2026, 10, 21, number, minute)).toISOString();

/** An update that took the first five minutes of its hour. */
const update = (number: number, image: string, skippedMigration = false): Release => ({
  number,
  time: hour(number),
  end: hour(number, 5),
  settings: { images: { api: image } },
  skippedMigration,
});

const entry = (time: string, before?: string): BackupEntry => ({
  run: time,
  time,
  reason: before === undefined ? "scheduled" : "restore-point",
  ...(before !== undefined && { before }),
});

const migrates = ({ images }: Release["settings"]) => (images as { readonly api: string }).api;

describe("pointsSince", () => {
  const first = update(1, "1.0");
  const second = update(2, "1.1");
  const all = [update(4, "1.2"), update(3, "1.1"), second, first];
  const points = [entry(hour(4, 1), "1.2"), entry(hour(2, 1), "1.1"), entry(hour(1, 1), "1.0")];

  it("are those after the end of the update, the oldest first", () => {
    expect(pointsSince(points, all, first, migrates)).toEqual({
      found: "points",
      points: [points[1], points[0]],
    });
    expect(pointsSince(points, all, second, migrates)).toEqual({ found: "points", points: [points[0]] });
  });

  it("are none of the other backups", () => {
    const nights = [entry(hour(1, 30)), entry(hour(3, 30))];
    expect(pointsSince([...points, ...nights], all, second, migrates)).toEqual({
      found: "points",
      points: [points[0]],
    });
  });

  it("aren't kept when the one before the first migration since is gone", () => {
    expect(pointsSince(points.slice(0, 1), all, first, migrates)).toEqual({
      found: "none kept",
      migration: second,
    });
    expect(pointsSince([], all, second, migrates)).toEqual({ found: "none kept", migration: all[0] });
  });

  it("does not take an update that left its migration out for one that ran it", () => {
    const skipping = [update(4, "1.2", true), ...all.slice(1)];
    expect(pointsSince(points.slice(1), skipping, second, migrates)).toEqual({ found: "no migration" });
    const later = [update(5, "1.2"), ...skipping];
    const made = entry(hour(5, 1), "1.2");
    expect(pointsSince([made], later, second, migrates)).toEqual({ found: "points", points: [made] });
    expect(pointsSince([], later, second, migrates)).toEqual({ found: "none kept", migration: later[0] });
  });

  it("has the schema of an earlier release to go back to, where the update itself ran no migration", () => {
    const target = update(3, "1.2", true);
    const later = [update(4, "1.2"), target, second, first];
    expect(pointsSince([], later, target, migrates)).toEqual({ found: "none kept", migration: later[0] });
    expect(pointsSince([], later.slice(1), target, migrates)).toEqual({ found: "no migration" });
  });

  it("has the one of an update that failed", () => {
    const failed = entry(hour(3, 31), "1.2-broken");
    expect(pointsSince([...points.slice(1), failed], all.slice(1), second, migrates)).toEqual({
      found: "points",
      points: [failed],
    });
    expect(pointsSince([failed, ...points], all, second, migrates)).toMatchObject({
      points: [failed, points[0]],
    });
  });

  it("aren't needed when no migration was run since", () => {
    const nothing = { found: "no migration" };
    expect(pointsSince(points.slice(1), all.slice(1), second, migrates)).toEqual(nothing);
    expect(pointsSince([], all.slice(1), second, migrates)).toEqual(nothing);
    expect(pointsSince([], [first], first, migrates)).toEqual(nothing);
  });
});

describe("breakingMigrations", () => {
  const point = (before: string | undefined, schemaDigest: string): RestorePoint => ({
    ...entry(hour(1), before ?? "x"),
    ...(before === undefined ? {} : { before }),
    schemaDigest,
  });
  const broken = (points: readonly RestorePoint[], now: string, ...compatible: string[]) =>
    breakingMigrations(points, now, new Set(compatible)).map(({ before }) => before);

  it("are none when the schema is what it was, whatever happened in between", () => {
    expect(broken([point("1.1", "a"), point("1.0", "b")], "a")).toEqual([]);
    expect(broken([], "a")).toEqual([]);
  });

  it("are those after which the schema is another one", () => {
    expect(broken([point("1.1", "a")], "b")).toEqual(["1.1"]);
    expect(broken([point("1.1", "a"), point("1.2", "b"), point("1.3", "b")], "c")).toEqual(["1.1", "1.3"]);
  });

  it("are not those that are marked", () => {
    const points = [point("1.1", "a"), point("1.2", "b")];
    expect(broken(points, "c", "1.1")).toEqual(["1.2"]);
    expect(broken(points, "c", "1.1", "1.2")).toEqual([]);
    expect(broken(points, "c", "1.0", "1.3")).toEqual(["1.1", "1.2"]);
  });

  it("are those of a release that nobody knows", () => {
    const { before: _, ...unknown } = point("1.1", "a");
    expect(breakingMigrations([unknown], "b", new Set(["1.1"]))).toEqual([unknown]);
  });
});
