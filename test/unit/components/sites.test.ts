import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { AppSpec, RouteSpec, ServiceSpec } from "../../../apps/spec";
import { LocalHost } from "../../../components/host/localHost";
import { System } from "../../../components/system";
import type { StackConfig } from "../../../config";
import { observabilityImages } from "../../../lib/observability/parts";
import { observabilitySettings } from "../../../lib/observability/settings";
import type { ApplyProxyConfigurationInput } from "../../../operations/steps/applyProxyConfiguration";
import { caddyfileTree, find, lines } from "../caddyfileTree";
import { pins, shop } from "../fixtures";
import { record } from "../mocks";
import { shopConfig } from "../shopConfig";

const partPins = Object.fromEntries(
  Object.entries(observabilityImages).map(([part, spec]) => [part, spec.default ?? ""]),
);

/** What the step is given, with these routes. */
function applied(routes = shop.routes): Promise<ApplyProxyConfigurationInput> {
  return appliedOf({ ...shop, routes });
}

async function appliedOf(
  app: AppSpec,
  change: Partial<StackConfig> = {},
): Promise<ApplyProxyConfigurationInput> {
  const config = shopConfig({
    app,
    images: { ...pins, ...partPins },
    domains,
    observability: observabilitySettings.parse({ profile: "full" }),
    ...change,
  });
  const recording = await record(() => new System("shop", { host: new LocalHost("host"), config }));
  const { stdin } = recording.get("proxy-apply").inputs;
  const text = typeof stdin === "string" ? stdin : (stdin as { secret: string }).secret;
  return JSON.parse(text) as ApplyProxyConfigurationInput;
}

const domains = {
  web: "shop.example.com",
  admin: "admin.example.com",
  monitoring: "monitoring.example.com",
};

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
  [
    { domain: "web", service: "page", allowedOrigins: ["web", "shop"] },
    'shop: allowed origin "shop" of route "web *" is not one of web, admin, monitoring',
  ],
])("refuses the route %j", async (route, problem) => {
  await expect(applied([...shop.routes, route])).rejects.toThrow(new RangeError(problem));
});

it("gives a route what its spec asks for, with the origins of the domains", async () => {
  const [api, page, admin] = shop.routes as [RouteSpec, RouteSpec, RouteSpec];
  const guarded: RouteSpec = {
    ...api,
    rateLimit: { requests: 100, window: 60 },
    allowedOrigins: ["web", "admin"],
    responseTimeout: 10,
  };
  const { caddyfile } = await appliedOf(
    { ...shop, routes: [guarded, page, admin], headers: { "X-Shop": "yes" } },
    {
      images: { ...pins, ...partPins, proxyBuilder: "caddy:2.11.9-builder" },
      ports: { http: 80, https: 8443 },
    },
  );
  const tree = caddyfileTree(caddyfile);
  const route = find(tree, "https://shop.example.com", "route", "handle @route0");
  expect(lines(find(route, "rate_limit", "zone"))).toEqual(["key {remote_host}", "events 100", "window 60s"]);
  expect(lines(find(route, "@foreign0"))).toEqual([
    "header Origin *",
    "not header Origin https://shop.example.com:8443",
    "not header Origin https://admin.example.com:8443",
  ]);
  expect(caddyfile.match(/response_header_timeout 10s/g)).toHaveLength(2);
  // Grafana has its own.
  for (const [host, own] of [
    ["shop.example.com", true],
    ["admin.example.com", true],
    ["monitoring.example.com", false],
  ] as const) {
    const headers = lines(find(tree, `https://${host}`, "route", "header"));
    expect(headers.includes("?X-Shop yes")).toBe(own);
  }
});

it.each([
  { paths: undefined, hidden: true },
  { paths: ["/api/*", "/met*"], hidden: true },
  { paths: ["/api/*"], hidden: false },
  { paths: ["/api/*", "/metrics"], hidden: false },
  { paths: ["/*", "/metrics"], hidden: false },
])(
  "keeps the metrics of a service from the public where its paths $paths would show them: $hidden",
  async ({ paths, hidden }) => {
    const services = { ...shop.services, api: { ...shop.services.api, metrics: "/metrics" } as ServiceSpec };
    const routes = [{ domain: "web", service: "api", ...(paths === undefined ? {} : { paths }) }];
    const { caddyfile } = await appliedOf({ ...shop, services, routes });
    expect(caddyfile.includes("@hidden0 path /metrics")).toBe(hidden);
  },
);

it("has new containers asked what their spec says, where a route leads to them", async () => {
  const { api, page } = shop.services as Record<"api" | "page", ServiceSpec>;
  const startup = { path: "/health", expect: { status: "healthy" } };
  const services = {
    api: { ...api, health: { ...api.health, startup } },
    page: { ...page, health: { ...page.health, startup: { path: "/started" } } },
  };
  const check = (container: string) => ({ service: "api", container, port: 3000, ...startup });
  expect((await appliedOf({ ...shop, services })).startup).toEqual([
    check("api-0-1a2b3c4"),
    check("api-1-1a2b3c4"),
    { service: "page", container: "page-0-1a2b3c4", port: 8080, path: "/started", expect: {} },
  ]);
  const routes = shop.routes.filter(({ service }) => service === "api");
  expect((await appliedOf({ ...shop, services, routes })).startup).toEqual([
    check("api-0-1a2b3c4"),
    check("api-1-1a2b3c4"),
  ]);
});

it("asks for the login before all that is there to be looked at, and before nothing else", async () => {
  const app: AppSpec = {
    ...shop,
    domains: { ...shop.domains, status: "the status page" },
    monitoring: {
      domain: "monitoring",
      statusDomain: "status",
      basicAuth: { username: "ops", secret: "licence" },
    },
  };
  const { caddyfile } = await appliedOf(app, { domains: { ...domains, status: "status.example.com" } });
  const withLogin = caddyfileTree(caddyfile).filter(
    ({ body }) => find(body ?? [], "route", "basic_auth").length > 0,
  );
  expect(lines(withLogin)).toEqual(["https://monitoring.example.com", "https://status.example.com"]);
});
