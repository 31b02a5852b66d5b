import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effectiveApp, optionalServices, servicesIn, switchedOff } from "../../../lib/effectiveApp";
import { specProblems } from "../../../lib/specProblems";
import { shop } from "../fixtures";
import { market } from "../market";

describe("a system without its optional services", () => {
  const app = effectiveApp(market, []);

  it("has no services, routes, images, secrets, settings and domains that are there for them alone", () => {
    expect(Object.keys(app.services)).toEqual(["api", "page"]);
    expect(app.routes.map(({ domain, service }) => [domain, service])).toEqual([
      ["web", "api"],
      ["web", "page"],
      ["admin", "api"],
    ]);
    expect(Object.keys(app.images)).toEqual(["api", "page", "postgres", "redis", "proxy"]);
    expect(Object.keys(app.secrets)).toEqual(["signingKey", "mailPassword", "licence", "paySeal", "mapKey"]);
    expect(Object.keys(app.settings ?? {})).toEqual(["language", "mapUrl"]);
    expect(Object.keys(app.domains)).toEqual(["web", "admin", "monitoring"]);
  });

  it("keeps what has data, so that switching a service off loses nothing", () => {
    expect(app.volumes).toEqual(market.volumes);
    expect(app.postgres).toEqual(market.postgres);
    expect(app.secrets.paySeal).toMatchObject({ origin: "generate" });
  });

  it("names them nowhere any more", () => {
    expect(app.services.api?.after).toEqual([]);
    expect(app.services.api?.environment).not.toHaveProperty("PAY_HOST");
    expect(app.services.api?.environment).toHaveProperty("MAP");
    expect(app.secrets.mapKey?.together).toEqual(["mapUrl"]);
    expect(app.lockstep).toEqual(["api", "page"]);
    expect(app.routes[0]?.allowedOrigins).toEqual(["web"]);
  });

  it("is the same object where it has none, or all of them run", () => {
    expect(effectiveApp(shop, [])).toBe(shop);
    expect(effectiveApp(market, ["mailer", "payments"])).toBe(market);
  });
});

it("keeps what a service that runs needs too", () => {
  const app = effectiveApp(market, ["payments"]);
  expect(Object.keys(app.services)).toEqual(["api", "page", "payments"]);
  expect(Object.keys(app.domains)).toContain("pay");
  expect(app.services.api?.environment).toHaveProperty("PAY_HOST");
  expect(Object.keys(app.settings ?? {})).not.toContain("sender");
});

it("is right whatever runs, as long as the whole is", () => {
  expect(specProblems(market)).toEqual([]);
  fc.assert(
    fc.property(fc.subarray([...optionalServices(market)]), (enabled) => {
      const app = effectiveApp(market, enabled);
      // What has data stays though nothing uses it.
      const wrong = specProblems(app).filter(
        (problem) => !problem.startsWith("shop: volumes.receipts is used"),
      );
      expect(wrong).toEqual([]);
      expect(optionalServices(app)).toEqual(
        optionalServices(market).filter((name) => enabled.includes(name)),
      );
    }),
  );
});

it("says of each key that isn't known whose it is", () => {
  const reason = "which is off: add it to slipway:services, or take the key out";
  expect(Object.fromEntries(switchedOff(market, ["mailer"]))).toEqual(
    Object.fromEntries(
      [
        ...["images.payments", "registries.payments", "secrets.payKey", "secrets.hookKey", "domains.pay"],
        "settings.mapOfBanks",
        ...["replicas.payments", "resources.payments", "sizes.payments"],
      ].map((key) => [key, `belongs to service payments, ${reason}`]),
    ),
  );
  expect(switchedOff(market, ["mailer"]).get("settings.sender")).toBeUndefined();
  expect(switchedOff(market, []).get("settings.sender")).toBe(`belongs to service mailer, ${reason}`);
});

it.each([
  [{ services: ["a", "b"] }, ["a", "b"]],
  [{ services: ["a", 5, null] }, ["a"]],
  [{ services: "a" }, []],
  [{}, []],
  ["a", []],
])("reads the services that %j names", (settings, expected) => {
  expect(servicesIn(settings)).toEqual(expected);
});
