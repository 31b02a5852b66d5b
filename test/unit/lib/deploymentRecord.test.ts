import { expect, it } from "vitest";
import { deploymentRecord } from "../../../lib/deploymentRecord";

const release = { system: "shop", stack: "production", version: "1.2.0", images: { api: "shop/api:1.2.0" } };
const circumstances = {
  now: new Date("2026-11-22T14:30:22.987Z"),
  deployedBy: "ada@laptop",
  gitCommit: "abc123",
  last: "",
};

it("says what is deployed, when, by whom and from which commit", () => {
  expect(deploymentRecord(release, circumstances)).toEqual({
    deploymentId: "20261122_143022_1.2.0",
    ...release,
    timestamp: "2026-11-22T14:30:22Z",
    deployedBy: "ada@laptop",
    gitCommit: "abc123",
  });
});

it("names the one before, and not those before that", () => {
  const first = deploymentRecord(release, circumstances);
  const second = deploymentRecord(
    { ...release, version: "1.3.0" },
    { ...circumstances, now: new Date("2026-11-23T00:00:00Z"), last: JSON.stringify(first) },
  );
  expect(second.previous).toEqual({ deploymentId: "20261122_143022_1.2.0", version: "1.2.0" });
  const third = deploymentRecord(release, { ...circumstances, last: JSON.stringify(second) });
  expect(third.previous).toEqual({ deploymentId: "20261123_000000_1.3.0", version: "1.3.0" });
});

it("leaves out what isn't known", () => {
  const record = deploymentRecord(release, { ...circumstances, gitCommit: undefined });
  expect(Object.keys(record)).not.toContain("gitCommit");
  expect(Object.keys(record)).not.toContain("previous");
});

it.each(["{", "[]", "null", "3", '{"deploymentId":1,"version":"1"}', "{}"])(
  "is not kept back by a file that has %s",
  (last) => {
    expect(deploymentRecord(release, { ...circumstances, last }).previous).toBeUndefined();
  },
);
