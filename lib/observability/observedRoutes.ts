import type { AppSpec, RouteSpec } from "../../apps/spec";
import type { ObservedRoute } from "./observed";
import { partDomains } from "./partDomains";

/** The public addresses that are asked from time to time: one for each route that has a path to ask. */
export function observedRoutes(app: AppSpec, origins: Readonly<Record<string, string>>): ObservedRoute[] {
  const { domain: grafana, basicAuth } = app.monitoring;
  const probes = [
    ...app.routes.map((route) => ({ domain: route.domain, path: probedPath(app, route) })),
    ...Object.entries(partDomains(app))
      // Behind a login there is nothing to see.
      .filter(([domain]) => domain !== grafana || basicAuth === undefined)
      .map(([domain, { healthPath }]) => ({ domain, path: healthPath })),
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
