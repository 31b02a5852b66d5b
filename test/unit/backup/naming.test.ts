import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  dumpPath,
  isLeftByRestore,
  isRunId,
  keptName,
  restoredName,
  runId,
  runTime,
} from "../../../images/backup/naming.mjs";

const run = "20261121T020000Z";
const name = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 63 })
  .filter((text) => !text.includes("\0"));

describe("the id of a backup", () => {
  test("is the moment it began, and in the order of time", () => {
    expect(runId(new Date("2026-11-21T02:00:00.999Z"))).toBe(run);
    expect(runTime(run).toISOString()).toBe("2026-11-21T02:00:00.000Z");
    const time = fc.date({ min: new Date("2000-01-01"), max: new Date("2999-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(time, time, (a, b) => {
        expect(isRunId(runId(a))).toBe(true);
        const [first, second] = [runId(a), runId(b)];
        if (first < second) expect(a.getTime()).toBeLessThan(b.getTime());
      }),
    );
  });

  test.each(["", "latest", "20261121", "20261121T020000Z\n", "../20261121T020000Z"])("isn't %j", (text) => {
    expect(isRunId(text)).toBe(false);
    expect(() => runTime(text)).toThrow("is no id of a backup");
  });
});

describe("a database that a restore makes", () => {
  test("has the name of the other and the id", () => {
    expect(restoredName("shop", run, ["shop"])).toBe("shop_restore_20261121t020000z");
  });

  test("has a name that is free, that Postgres doesn't cut, and that no backup takes up", () => {
    fc.assert(
      fc.property(name, fc.nat(12), (database, others) => {
        const taken: string[] = [];
        for (let count = 0; count <= others; count++) taken.push(restoredName(database, run, taken));
        expect(new Set(taken).size).toBe(others + 1);
        for (const each of taken) {
          expect(Buffer.byteLength(each)).toBeLessThanOrEqual(63);
          expect(isLeftByRestore(each)).toBe(true);
        }
      }),
    );
  });

  test("changes its name with the one that it takes the place of, forth and back", () => {
    const restored = restoredName("shop", run, []);
    const kept = keptName("shop", restored, ["shop", restored]);
    expect(kept).toBe("shop_before_20261121t020000z");
    expect(keptName("shop", kept, ["shop", kept])).toBe(restored);
    expect(keptName("shop", restored, [kept])).toBe("shop_before_20261121t020000z_2");
  });

  test.each(["other", "billing_restore_20261121t020000z", "shop"])("isn't %s", (restored) => {
    expect(() => keptName("shop", restored, [])).toThrow(
      `"${restored}" is no database that a restore has made`,
    );
  });
});

test.each(["shop", "orders_before_merge", "shop_restore_20261121", "_restore_20261121t020000z"])(
  "%s is a database like any other",
  (database) => expect(isLeftByRestore(database)).toBe(false),
);

test("the dump of a database with a slash in its name is one file", () => {
  expect(dumpPath("shop")).toBe("/shop.dump");
  expect(dumpPath("a/../b")).toBe("/a%2F..%2Fb.dump");
});
