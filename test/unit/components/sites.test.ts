import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LocalHost } from "../../../components/host/localHost";
import { System } from "../../../components/system";
import { observabilityImages } from "../../../lib/observability/parts";
import { observabilitySettings } from "../../../lib/observability/settings";
import type { ApplyProxyConfigurationInput } from "../../../operations/steps/applyProxyConfiguration";
import { pins, shop } from "../fixtures";
import { record } from "../mocks";
import { shopConfig } from "../shopConfig";

const partPins = Object.fromEntries(
  Object.entries(observabilityImages).map(([part, spec]) => [part, spec.default ?? ""]),
);

/** What the step is given, with these routes. */
async function applied(routes = shop.routes): Promise<ApplyProxyConfigurationInput> {
  const config = shopConfig({
    app: { ...shop, routes },
    images: { ...pins, ...partPins },
    domains: {
      web: "shop.example.com",
      admin: "admin.example.com",
      monitoring: "monitoring.example.com",
    },
    observability: observabilitySettings.parse({ profile: "full" }),
  });
  const recording = await record(() => new System("shop", { host: new LocalHost("host"), config }));
  return JSON.parse(String(recording.get("proxy-apply").inputs.stdin)) as ApplyProxyConfigurationInput;
}

// To the letter: when it differs from what an earlier version has given the proxy, the next update loads it anew.
it("gives Caddy this text for two services, replicas and Grafana", async () => {
  const { caddyfile, slots, upstreams } = await applied();
  expect(caddyfile).toBe(readFileSync(join(__dirname, "shop.Caddyfile"), "utf8"));
  expect(slots).toEqual({
    "api-0": "api-0-1a2b3c4",
    "api-1": "api-1-1a2b3c4",
    "page-0": "page-0-1a2b3c4",
    "shop-test-grafana": "shop-test-grafana",
  });
  expect(upstreams).toEqual([
    "api-0-1a2b3c4:3000",
    "api-1-1a2b3c4:3000",
    "page-0-1a2b3c4:8080",
    "shop-test-grafana:3000",
  ]);
});

it.each([
  [
    { domain: "web", paths: ["/jobs", "/jobs/*"], service: "worker" },
    'shop: service "worker" of route "web /jobs /jobs/*" is not one of api, page',
  ],
  [
    { domain: "shop", paths: ["/api/*"], service: "api" },
    'shop: domain "shop" of route "shop /api/*" is not one of web, admin',
  ],
  // Grafana has this one for itself.
  [
    { domain: "monitoring", service: "page" },
    'shop: domain "monitoring" of route "monitoring *" is not one of web, admin',
  ],
])("refuses the route %j", async (route, problem) => {
  await expect(applied([...shop.routes, route])).rejects.toThrow(new RangeError(problem));
});
