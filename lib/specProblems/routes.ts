import type { AppSpec, RouteSpec } from "../../apps/spec";
import { partDomains } from "../observability/partDomains";

const routePath = /^\/[A-Za-z0-9/._~-]*\*?$/;
const everything = "/*";

/** Routes that would serve nothing, and domains that two things want. */
export function routeProblems(app: AppSpec): string[] {
  const { routes, services, monitoring } = app;
  return [
    ...(monitoring.statusDomain === monitoring.domain
      ? [`monitoring.statusDomain is ${monitoring.domain}, where Grafana is: it needs a domain of its own`]
      : []),
    ...routes.flatMap((route, index) => {
      const key = `routes[${index}]`;
      const part = partDomains(app)[route.domain];
      return [
        ...(part === undefined
          ? []
          : [`${key}.domain is ${route.domain}, where ${part.title} is: choose another`]),
        ...serviceProblems(key, route.service, services),
        ...valueProblems(key, route),
        ...hidden(key, route, routes.slice(0, index)),
      ];
    }),
  ];
}

function serviceProblems(key: string, name: string, services: AppSpec["services"]): string[] {
  const service = services[name];
  if (service === undefined) return [];
  if (service.port === undefined) return [`${key}.service is ${name}, which has no services.${name}.port`];
  if (service.health.path !== undefined) return [];
  return [`${key}.service is ${name}, which has no services.${name}.health.path for the proxy to ask`];
}

function valueProblems(key: string, { paths, bodyLimit, rateLimit, responseTimeout }: RouteSpec): string[] {
  const amounts = {
    bodyLimit,
    responseTimeout,
    "rateLimit.requests": rateLimit?.requests,
    "rateLimit.window": rateLimit?.window,
  };
  return [
    ...(paths?.length === 0 ? [`${key}.paths is empty: leave it out for all paths`] : []),
    ...(paths ?? [])
      .filter((path) => !routePath.test(path))
      .map(
        (path) => `${key}.paths has "${path}": it must be a path such as /health, or /api/* with all below`,
      ),
    ...Object.entries(amounts)
      .filter(([, amount]) => amount !== undefined && !(amount > 0))
      .map(([name, amount]) => `${key}.${name} is ${amount}: it must be more than 0`),
  ];
}

/** Of two routes that match a request, the first one serves it. */
function hidden(key: string, { domain, paths, service }: RouteSpec, earlier: readonly RouteSpec[]): string[] {
  return (paths ?? [everything]).flatMap((path) => {
    const index = earlier.findIndex(
      (route) => route.domain === domain && (route.paths ?? [everything]).some((one) => covers(one, path)),
    );
    const first = earlier[index];
    if (first === undefined) return [];
    const what = paths === undefined ? "all paths" : path;
    return [
      `${key} never serves ${what} of ${domain} by ${service}: routes[${index}] has it for ${first.service}, and comes first`,
    ];
  });
}

/** Whether every request that the one matches is matched by the other too. */
function covers(pattern: string, path: string): boolean {
  return pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}
