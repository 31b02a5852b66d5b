import { expect, it } from "vitest";
import { clubhouse } from "../../../../apps/clubhouse";
import type { RouteSpec } from "../../../../apps/spec";
import { observedRoutes } from "../../../../lib/observability/observedRoutes";

const origins = { app: "https://clubhouse.example.com" };
const health = "/health";

/** Addresses that are asked of Clubhouse with these routes of its backend, whose health is at /health. */
function asked(...routes: readonly Pick<RouteSpec, "paths">[]): string[] {
  const backend = routes.map((route) => ({ ...route, domain: "app", service: "backend" }));
  return observedRoutes({ ...clubhouse, routes: backend }, origins).map(({ url }) =>
    url.slice(origins.app.length),
  );
}

it("are where a service says how it does, if one of its routes names that", () => {
  expect(asked({ paths: ["/api/*", health] })).toEqual([health]);
  expect(asked({ paths: ["/api/*"] }, { paths: [health] }, {})).toEqual([health]);
});

it("are otherwise its first page, or the first of its paths", () => {
  expect(asked({ paths: ["/api/login"] }, {})).toEqual(["/"]);
  expect(asked({ paths: ["/api/*", "/files"] })).toEqual(["/api/"]);
});

it("are one for each service of a domain that is served", () => {
  const route = { domain: "app", service: "frontend" };
  const elsewhere = { domain: "grafana", service: "frontend" };
  const app = { ...clubhouse, routes: [...clubhouse.routes, route, elsewhere] };
  expect(observedRoutes(app, origins)).toEqual([
    { domain: "app", url: `${origins.app}/health` },
    { domain: "app", url: `${origins.app}/` },
  ]);
});
