import { expect, it } from "vitest";
import { majorVersion, managesRoles, tellsMajorVersion } from "../../../lib/postgresVersion";

const digest = (start: string) => `sha256:${start.padEnd(64, "0")}`;

it.each([
  ["17", 17],
  ["17.10-bookworm", 17],
  ["18.1", 18],
  ["9.6.24", 9],
  ["17-3.5", 17],
  ["pg17", 17],
  ["pg18-v0.8.1", 18],
])("of %s is %i", (release, version) => {
  expect(majorVersion(release)).toBe(version);
});

it.each(["bookworm", "2026-01-22", "170", "v17", "17rc1", "", "unknown", "0123456789ab", "17beef000000"])(
  "is not told by %j",
  (release) => {
    expect(majorVersion(release)).toBeUndefined();
  },
);

it("is taken from the tag of a pin, and never from its digest", () => {
  expect(tellsMajorVersion(`postgres:17.10-bookworm@${digest("45")}`)).toBe(true);
  expect(tellsMajorVersion("registry.example.com:5000/db/postgis:17-3.5")).toBe(true);
  expect(tellsMajorVersion(`postgres@${digest("17")}`)).toBe(false);
  expect(tellsMajorVersion("postgres")).toBe(false);
});

it.each([
  ["postgres:15.14", false],
  ["postgres:16", true],
  ["postgis/postgis:17-3.5", true],
  ["postgres", false],
])("of %s has roles that manage others: %j", (pin, manages) => {
  expect(managesRoles(pin)).toBe(manages);
});
