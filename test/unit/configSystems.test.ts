import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, it, vi } from "vitest";
import { effectiveApp } from "../../lib/effectiveApp";
import { configured, problems } from "./configured";
import { market } from "./market";
import { revealed, secret } from "./mocks";
import { good } from "./shopSettings";

vi.mock("../../apps/catalog", async () => {
  const systems = await import("./market");
  const lost = { domain: "web", service: "lost" };
  return {
    catalog: { shop: systems.market, torn: { ...systems.market, name: "torn", routes: [lost] } },
  };
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const settings = { ...good, images: {}, version: "1.2.0" };
const mailing = { ...settings, services: ["mailer"], settings: { sender: "shop@example.com" } };

it("has the system as the stack has it, its settings and sizes with their defaults", async () => {
  const config = configured(mailing);
  expect(config.app).toEqual(effectiveApp(market, ["mailer"]));
  expect(config.images).toMatchObject({ api: "ghcr.io/market/api:1.2.0", mailer: "mailer:1.0.0" });
  expect(config.settings).toEqual({ language: "en", retries: "3", sender: "shop@example.com" });
  expect(config.sizes).toEqual({ mailer: market.services.mailer?.sizing?.tiers.small });
  expect(await revealed(pulumi.output(config.secrets.licence))).toEqual(secret("a-licence-key"));
});

it("has a size by the formula where the stack sets the workers", () => {
  const { sizes } = configured({ ...mailing, sizes: { mailer: { workers: 5 } } });
  expect(sizes).toEqual({ mailer: { workers: 5, memory: 950, cpus: 1.25, connections: 7 } });
});

it("has nothing of services that are off", () => {
  const { app, sizes, settings: resolved, images } = configured(settings);
  expect(Object.keys(app.services)).toEqual(["api", "page"]);
  expect(sizes).toEqual({});
  expect(resolved).toEqual({ language: "en" });
  expect(Object.keys(images)).not.toContain("mailer");
  expect(problems({ ...settings, images: { mailer: "mailer:2.0.0" } })).toEqual([
    "slipway:images.mailer belongs to service mailer, which is off: add it to slipway:services, or take the key out",
  ]);
});

it("is not read where the system's spec is wrong, and all of that is told", () => {
  const told = problems({ ...settings, app: "torn", ports: "x" });
  expect(told).toContain(
    'torn: routes[0].service refers to "lost", which is not in services: services has api, mailer, page, payments',
  );
  expect(told.every((problem) => problem.startsWith("torn: "))).toBe(true);
});
