import { expect, it } from "vitest";
import { startOrder } from "../../../lib/startOrder";

it("keeps the order of services that wait for nobody", () => {
  expect(startOrder({ web: {}, api: {}, worker: {} })).toEqual(["web", "api", "worker"]);
});

it("puts a service behind all that it waits for, and what those wait for", () => {
  const services = { web: { after: ["api"] }, api: { after: ["auth", "worker"] }, worker: {}, auth: {} };
  expect(startOrder(services)).toEqual(["auth", "worker", "api", "web"]);
});

it("refuses services that wait for each other, and shows the way round", () => {
  const services = { web: { after: ["api"] }, api: { after: ["auth"] }, auth: { after: ["api"] } };
  expect(() => startOrder(services)).toThrow(
    new RangeError("services wait for each other: web after api after auth after api"),
  );
});

it("refuses a service to wait for that there isn't", () => {
  expect(() => startOrder({ web: { after: ["apu"] }, api: {} })).toThrow(
    new RangeError("web after apu: it is not one of web, api"),
  );
});
