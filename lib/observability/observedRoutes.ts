import type { AppSpec, RouteSpec } from "../../apps/spec";
import type { ObservedRoute } from "./observed";
import { partDomains } from "./partDomains";

/** The public addresses that are asked from time to time: one for each route that has a path to ask. */
export function observedRoutes(app: AppSpec, origins: Readonly<Record<string, string>>): ObservedRoute[] {
  const probes = [
    ...app.routes.map((route) => ({ domain: route.domain, path: probedPath(app, route) })),
    // Behind a login there is nothing to see.
    ...(app.monitoring.basicAuth === undefined ? partProbes(app) : []),
  ];
  return probes.flatMap(({ domain, path }) => {
    const origin = origins[domain];
    return origin === undefined ? [] : [{ domain, url: `${origin}${path}` }];
  });
}

function partProbes(app: AppSpec): { readonly domain: string; readonly path: string }[] {
  return Object.entries(partDomains(app)).map(([domain, { healthPath }]) => ({ domain, path: healthPath }));
}

/** Where the service says how it does, if the public can ask; else the first path of the route. */
function probedPath({ services }: AppSpec, { paths = ["/*"], service }: RouteSpec): string {
  const health = services[service]?.health.path;
  if (health !== undefined && paths.includes(health)) return health;
  return (paths[0] ?? "/").replace(/\*$/, "");
}
