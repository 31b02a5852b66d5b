import { expect, it } from "vitest";
import { differencesOf } from "../../../images/backup/comparison.mjs";

it("a restored database that is as the manifest says has no differences", () => {
  expect(differencesOf({ "public.a": 1, "public.b": 0 }, { "public.b": 0, "public.a": 1 })).toEqual([]);
});

it("each difference names the table and both numbers", () => {
  const expected = { "public.a": 101, "public.gone": 5, "public.same": 3 };
  expect(differencesOf(expected, { "public.a": 100, "public.same": 3, "public.new": 2 })).toEqual([
    "public.a has 100 rows, the manifest 101 rows",
    "public.gone has no such table, the manifest 5 rows",
    "public.new has 2 rows, the manifest no such table",
  ]);
});
