import type { AppSpec, RouteSpec } from "../../apps/spec";
import type { ObservedRoute } from "./observed";

/** The public addresses that are asked from time to time: one for each route that has a path to ask. */
export function observedRoutes(app: AppSpec, origins: Readonly<Record<string, string>>): ObservedRoute[] {
  const { domain: grafana, basicAuth } = app.monitoring;
  const probes = [
    ...app.routes.map((route) => ({ domain: route.domain, path: probedPath(app, route) })),
    // Behind a login there is nothing to see.
    ...(basicAuth === undefined ? [{ domain: grafana, path: "/api/health" }] : []),
  ];
  return probes.flatMap(({ domain, path }) => {
    const origin = origins[domain];
    return origin === undefined ? [] : [{ domain, url: `${origin}${path}` }];
  });
}

/** Where the service says how it does, if the public can ask; else the first path of the route. */
function probedPath({ services }: AppSpec, { paths = ["/*"], service }: RouteSpec): string {
  const health = services[service]?.health.path;
  if (health !== undefined && paths.includes(health)) return health;
  return (paths[0] ?? "/").replace(/\*$/, "");
}
