import { expect, it } from "vitest";
import { labels, physicalName } from "../../../components/identity";
import { identity, identityLabels } from "../fixtures";

it("starts a physical name with the system and the stack", () => {
  expect(physicalName(identity, "postgres")).toBe("shop-test-postgres");
});

it("labels everything with the system and the stack", () => {
  expect(labels(identity)).toEqual(identityLabels);
});

it("sorts the labels, whatever the order that they are given in", () => {
  const sorted = [
    { label: "slipway.release", value: "1.2.0" },
    { label: "slipway.service", value: "api" },
    ...identityLabels,
  ];
  expect(labels(identity, { service: "api", release: "1.2.0" })).toEqual(sorted);
  expect(labels(identity, { release: "1.2.0", service: "api" })).toEqual(sorted);
});
