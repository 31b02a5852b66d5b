import { expect, test } from "vitest";
import { cloudName } from "../../../../lib/host/cloudName";

test.each([
  [{ system: "clubhouse", stack: "production" }, "clubhouse-production"],
  [{ system: "clubhouse", stack: "production", part: "data" }, "clubhouse-production-data"],
  [{ system: "clubhouse", stack: "Ada.s_test-", part: "data" }, "clubhouse-ada-s-test-data"],
])("%j is %s", (args, name) => {
  expect(cloudName(args)).toBe(name);
});

test("63 characters are as many as there may be", () => {
  expect(cloudName({ system: "shop", stack: "s".repeat(58) })).toHaveLength(63);
  expect(() => cloudName({ system: "shop", stack: "s".repeat(59) })).toThrow(
    /^the stack s{59} has too long a name for a cloud: shop-s{59} has 64 characters, allowed are 63\. Rename the stack/,
  );
});
