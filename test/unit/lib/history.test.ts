import { describe, expect, it } from "vitest";
import {
  backwardCompatible,
  differences,
  type HistoryEntry,
  migratedTo,
  type Release,
  releases,
  rollbackTarget,
} from "../../../lib/history";

function entry(change: Partial<HistoryEntry> = {}): HistoryEntry {
  const times = { startTime: "2026-01-22T10:00:00Z", endTime: "2026-01-22T10:01:00Z" };
  return { kind: "update", result: "succeeded", ...times, config: {}, ...change };
}

describe("releases", () => {
  it("are the successful updates, newest first, numbered from the oldest entry on", () => {
    const history = [
      entry({ startTime: "5" }),
      entry({ startTime: "4", result: "failed" }),
      entry({ startTime: "3", kind: "refresh" }),
      entry({ startTime: "2" }),
      entry({ startTime: "1", kind: "destroy" }),
    ];
    expect(releases(history, "slipway").map(({ number, time }) => ({ number, time }))).toEqual([
      { number: 5, time: "5" },
      { number: 2, time: "2" },
    ]);
  });

  it("keep their numbers when others are added", () => {
    const [older] = releases([entry()], "slipway");
    const all = releases([entry({ result: "failed" }), entry(), entry()], "slipway");
    expect(older?.number).toBe(1);
    expect(all.map(({ number }) => number)).toEqual([2, 1]);
  });

  it("have the settings of the project, with what is nested taken apart", () => {
    const config = {
      "slipway:app": { value: "clubhouse", secret: false },
      "slipway:ports": { value: '{"http":8080}', secret: false },
      "slipway:imageMirror": { value: "5000", secret: false },
      "slipway:broken": { value: "{", secret: false },
      "docker:host": { value: "ssh://host", secret: false },
    };
    expect(releases([entry({ config })], "slipway")[0]?.settings).toEqual({
      app: "clubhouse",
      ports: { http: 8080 },
      imageMirror: "5000",
      broken: "{",
    });
  });

  it("have nothing for a key that the stack didn't set, where the history has the default of Pulumi.yaml", () => {
    const config = {
      "slipway:app": { value: "clubhouse", secret: false },
      "slipway:host": { value: "", secret: false },
      "slipway:registries": { value: "{}", secret: false },
      "slipway:empty": { secret: false },
    };
    expect(releases([entry({ config })], "slipway")[0]?.settings).toEqual({ app: "clubhouse" });
  });

  it("have no secrets", () => {
    const config = {
      "slipway:secrets": { value: '{"licence":"canary"}', secret: true },
      "slipway:tls": { value: '{"email":"canary"}', secret: true },
      "slipway:app": { value: "shop", secret: false },
    };
    const plain = { "slipway:secrets": { value: '{"licence":"canary"}', secret: false } };
    expect(JSON.stringify(releases([entry({ config }), entry({ config: plain })], "slipway"))).not.toContain(
      "canary",
    );
  });
});

describe("backwardCompatible", () => {
  const marking = (releases: string) =>
    entry({
      config: { "slipway:migrations": { value: `{"backwardCompatible":${releases}}`, secret: false } },
    });

  it("has what any update marked, and what is marked now", () => {
    const history = [entry(), marking('["1.2.0"]'), marking('["1.1.0","1.2.0"]')];
    const now = { migrations: { backwardCompatible: ["1.3.0"] } };
    expect([...backwardCompatible(history, "slipway", now)].sort()).toEqual(["1.1.0", "1.2.0", "1.3.0"]);
  });

  it("has nothing where nothing is marked", () => {
    expect(backwardCompatible([entry()], "slipway", {}).size).toBe(0);
    expect(backwardCompatible([marking("7")], "slipway", { migrations: "x" }).size).toBe(0);
  });

  it("is no part of what a release goes back to, nor is what is said of backups", () => {
    const config = {
      "slipway:backups": { value: '{"at":"03:00"}', secret: false },
      "slipway:app": { value: "shop", secret: false },
    };
    const history = [entry({ config: { ...config, ...marking("[]").config } })];
    expect(releases(history, "slipway")[0]?.settings).toEqual({ app: "shop" });
  });
});

describe("migratedTo", () => {
  const update = (migrations: string | undefined, version: string) =>
    entry({
      config: {
        "slipway:version": { value: version, secret: false },
        ...(migrations !== undefined && { "slipway:migrations": { value: migrations, secret: false } }),
      },
    });
  const all = releases(
    [update('{"skip":true}', "1.3"), update('{"skip":false}', "1.2"), update('{"skip":true}', "1.1")],
    "slipway",
  );
  const versions = all.map((one) => migratedTo(all, one, ({ version }) => String(version)));

  it("is the release whose migration ran last, not of the update that left its own out", () => {
    expect(versions.slice(0, 2)).toEqual(["1.2", "1.2"]);
  });

  it("is unknown before one has run", () => {
    expect(versions[2]).toBeUndefined();
  });
});

describe("rollbackTarget", () => {
  const release = (number: number, settings: Release["settings"]): Release => ({
    number,
    time: `time ${number}`,
    end: `end ${number}`,
    settings,
    skippedMigration: false,
  });
  const all = [
    release(7, { images: { api: "1.2" }, replicas: { api: 3 } }),
    release(6, { images: { api: "1.2" }, replicas: { api: 1 } }),
    release(4, { images: { api: "1.1" } }),
    release(2, { images: { api: "1.0" } }),
  ];

  it("is the last one with other image pins", () => {
    expect(rollbackTarget(all).number).toBe(4);
  });

  it("does not take the same pins in another order for others", () => {
    const pins = [
      { api: "1", page: "2" },
      { page: "2", api: "1" },
      { api: "0", page: "2" },
    ];
    const releases = pins.map((images, index) => release(3 - index, { images }));
    expect(rollbackTarget(releases).number).toBe(1);
  });

  it("is the last one of another version, where that stands for the pins", () => {
    const versions = ["1.2", "1.2", "1.1"].map((version, index) =>
      release(3 - index, { version, images: { proxy: "2" } }),
    );
    expect(rollbackTarget(versions).number).toBe(1);
  });

  it("is the one of a number, also with the same image pins", () => {
    expect(rollbackTarget(all, 2)).toBe(all[3]);
    expect(rollbackTarget(all, 6)).toBe(all[1]);
  });

  it.each<[string, readonly Release[], number | undefined, string]>([
    ["there is none", [], undefined, "the stack has no successful update to go back to"],
    ["there is none with that number", [], 3, "the stack has no successful update to go back to"],
    [
      "there is one",
      all.slice(3),
      undefined,
      "every successful update of the stack had the image pins that it has now",
    ],
    [
      "all had the same pins",
      all.slice(0, 2),
      undefined,
      "every successful update of the stack had the image pins that it has now",
    ],
    ["the number is of no success", all, 5, "--to 5 is not a successful update of the stack: 7, 6, 4, 2"],
    ["it is the current one", all, 7, "--to 7 has the configuration that the stack has now"],
  ])("is refused when %s", (_, given, number, reason) => {
    expect(() => rollbackTarget(given, number)).toThrow(new RangeError(reason));
  });

  it("is refused when an earlier one had the same configuration", () => {
    const same = [release(2, { app: "shop", images: {} }), release(1, { images: {}, app: "shop" })];
    expect(() => rollbackTarget(same, 1)).toThrow(
      new RangeError("--to 1 has the configuration that the stack has now"),
    );
  });

  it("refuses only with RangeErrors, which are shown without a stack trace", () => {
    expect(() => rollbackTarget([])).toThrow(RangeError);
    expect(() => rollbackTarget(all, 99)).toThrow(RangeError);
  });
});

describe("differences", () => {
  it("are none between the same settings, whatever the order of the keys", () => {
    expect(differences({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 })).toEqual([]);
    expect(differences(undefined, undefined)).toEqual([]);
  });

  it("are what was changed, added and taken out, by their paths, sorted", () => {
    const from = { images: { api: "1.1", page: "1" }, replicas: { api: 2 }, app: "shop" };
    const to = { ports: { http: 80 }, images: { api: "1.0", page: "1" }, app: "shop" };
    expect(differences(from, to)).toEqual([
      { path: ["images", "api"], from: "1.1", to: "1.0" },
      { path: ["ports"], from: undefined, to: { http: 80 } },
      { path: ["replicas"], from: { api: 2 }, to: undefined },
    ]);
  });

  it("take lists, and a group in place of a value, as a whole", () => {
    expect(differences({ a: [1, 2] }, { a: [2, 1] })).toEqual([{ path: ["a"], from: [1, 2], to: [2, 1] }]);
    expect(differences({ a: "x" }, { a: { b: 1 } })).toEqual([{ path: ["a"], from: "x", to: { b: 1 } }]);
    expect(differences({ a: null }, { a: {} })).toEqual([{ path: ["a"], from: null, to: {} }]);
  });
});
