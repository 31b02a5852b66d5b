import type * as pulumi from "@pulumi/pulumi";
import type { AppSpec, RouteSpec, ServiceSpec } from "../../apps/spec";
import type { StackConfig } from "../../config";
import { bcryptHash } from "../../lib/basicAuth";
import type { BasicAuth, ProxyRoute } from "../../lib/caddyfile";
import { type PublicPart, partDomains } from "../../lib/observability/partDomains";
import { partHost } from "../../lib/observability/parts";
import { origin } from "../../lib/origin";
import type { StartupCheck } from "../../operations/steps/startupChecks";
import type { Service } from "../app/service";
import type { Secrets } from "../data/secrets";
import { type Identity, physicalName } from "../identity";
import type { SiteArgs } from "./reverseProxy";

export interface SitesArgs {
  readonly identity: Identity;
  readonly config: StackConfig;
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Secrets;
  /** Network of Grafana; undefined when there is none. */
  readonly observability: pulumi.Output<string> | undefined;
}

const defaultBodyLimit = 10;

/**
 * What the proxy serves under each public name of a stack.
 *
 * @throws {RangeError} for a route of a domain or to a service that the spec doesn't have, or that serves no requests.
 */
export function sitesOf(args: SitesArgs): SiteArgs[] {
  const { app, domains } = args.config;
  for (const route of app.routes) checkDomain(app, route);
  return Object.entries(domains).map(([domain, host]) => {
    const part = partDomains(app)[domain];
    if (part !== undefined && args.observability !== undefined) {
      const routes = [partRoute(part, args.identity, args.observability)];
      return { host, routes, basicAuth: loginOf(args) };
    }
    const routes = app.routes.filter((route) => route.domain === domain);
    return {
      host,
      routes: routes.map((route) => serviceRoute(args, route)),
      headers: app.headers,
      startup: startupChecks(args, routes),
    };
  });
}

/** Grafana and the like have their domains for themselves: a route there would never serve. */
function checkDomain(app: AppSpec, route: RouteSpec): void {
  const known = Object.keys(app.domains).filter((domain) => !(domain in partDomains(app)));
  if (known.includes(route.domain)) return;
  throw new RangeError(
    `${app.name}: domain "${route.domain}" of ${called(route)} is not one of ${known.join(", ")}`,
  );
}

/** As `route "web /api /api/*"`. */
function called({ domain, paths = ["*"] }: RouteSpec): string {
  return `route "${domain} ${paths.join(" ")}"`;
}

function serviceRoute(args: SitesArgs, route: RouteSpec): pulumi.Output<ProxyRoute> {
  const { app } = args.config;
  const [spec, service] = [app.services[route.service], args.services[route.service]];
  if (spec === undefined || service === undefined) {
    const known = Object.keys(app.services).join(", ");
    throw new RangeError(
      `${app.name}: service "${route.service}" of ${called(route)} is not one of ${known}`,
    );
  }
  const healthPath = spec.health.path;
  if (spec.port === undefined || healthPath === undefined) {
    throw new RangeError(
      `${app.name}: service "${route.service}" of ${called(route)} must have a port and health.path to serve requests`,
    );
  }
  const allowedOrigins = route.allowedOrigins?.flatMap((domain) => originOf(args.config, domain, route));
  return service.upstreams.apply((upstreams) => ({
    paths: route.paths,
    upstreams,
    healthPath,
    bodyLimit: route.bodyLimit ?? defaultBodyLimit,
    rateLimit: route.rateLimit,
    allowedOrigins,
    responseTimeout: route.responseTimeout,
    hiddenPath: hiddenPath(route, spec),
  }));
}

/** What Prometheus reads is nobody else's, unless a route names it. */
function hiddenPath({ paths = ["*"] }: RouteSpec, { metrics }: ServiceSpec): string | undefined {
  const covered = paths.some((path) => path.endsWith("*") && metrics?.startsWith(path.slice(0, -1)));
  return covered && metrics !== undefined && !paths.includes(metrics) ? metrics : undefined;
}

/** None where nothing is served under the domain, as under Grafana's in a stack that isn't observed. */
function originOf(config: StackConfig, domain: string, route: RouteSpec): string[] {
  const { app, domains } = config;
  if (!(domain in app.domains)) {
    const known = Object.keys(app.domains).join(", ");
    throw new RangeError(
      `${app.name}: allowed origin "${domain}" of ${called(route)} is not one of ${known}`,
    );
  }
  const host = domains[domain];
  return host === undefined ? [] : [origin(host, config)];
}

/** What the services behind these routes are asked besides their health, once each. */
function startupChecks({ config, services }: SitesArgs, routes: readonly RouteSpec[]) {
  const names = [...new Set(routes.map((route) => route.service))];
  return names.flatMap((name): pulumi.Output<StartupCheck[]>[] => {
    const [startup, service] = [config.app.services[name]?.health.startup, services[name]];
    if (startup === undefined || service === undefined) return [];
    const { path, expect = {} } = startup;
    return [
      service.upstreams.apply((upstreams) =>
        upstreams.map(({ container, port }) => ({ service: name, container, port, path, expect })),
      ),
    ];
  });
}

/** Known before it runs: its start is nothing that a release waits for. */
function partRoute(
  { part, port, healthPath }: PublicPart,
  identity: Identity,
  network: pulumi.Output<string>,
): pulumi.Output<ProxyRoute> {
  const container = physicalName(identity, partHost(part));
  return network.apply((known) => ({
    upstreams: [{ slot: container, container, network: known, port }],
    healthPath,
    bodyLimit: defaultBodyLimit,
  }));
}

function loginOf({ config, secrets }: SitesArgs): pulumi.Output<BasicAuth> | undefined {
  const login = config.app.monitoring.basicAuth;
  if (login === undefined) return undefined;
  return secrets
    .get(login.secret)
    .apply((password) => ({ username: login.username, passwordHash: bcryptHash(password) }));
}
