import type { AppSpec, RouteSpec } from "../../apps/spec";
import type { ObservedRoute } from "./observed";
import { partDomains } from "./partDomains";

/** The public addresses that are asked from time to time: one for each service of a domain. */
export function observedRoutes(app: AppSpec, origins: Readonly<Record<string, string>>): ObservedRoute[] {
  const probes = [
    ...app.routes.map((route) => ({ domain: route.domain, path: probedPath(app, route) })),
    // Behind a login there is nothing to see.
    ...(app.monitoring.basicAuth === undefined ? partProbes(app) : []),
  ];
  const observed = new Map<string, ObservedRoute>();
  for (const { domain, path } of probes) {
    const origin = origins[domain];
    const url = `${origin}${path}`;
    if (origin !== undefined) observed.set(url, { domain, url });
  }
  return [...observed.values()];
}

function partProbes(app: AppSpec): { readonly domain: string; readonly path: string }[] {
  return Object.entries(partDomains(app)).map(([domain, { healthPath }]) => ({ domain, path: healthPath }));
}

/** Where the service says how it does, if a route to it names that; else its first page, or what comes first. */
function probedPath({ services, routes }: AppSpec, { domain, service }: RouteSpec): string {
  const paths = routes
    .filter((route) => route.domain === domain && route.service === service)
    .flatMap((route) => route.paths ?? ["/"]);
  const [first = "/"] = paths;
  const asked = [services[service]?.health.path, "/"].find(
    (path) => path !== undefined && paths.includes(path),
  );
  return asked ?? first.replace(/\*$/, "");
}
