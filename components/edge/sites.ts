import * as pulumi from "@pulumi/pulumi";
import type { RouteSpec } from "../../apps/spec";
import type { StackConfig } from "../../config";
import { bcryptHash } from "../../lib/basicAuth";
import type { BasicAuth, ProxyRoute } from "../../lib/caddyfile";
import { partHost } from "../../lib/observability/parts";
import { serviceSpec } from "../app/process";
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

/** What the proxy serves under each public name of a stack. */
export function sitesOf(args: SitesArgs): SiteArgs[] {
  const { app, domains } = args.config;
  return Object.entries(domains).map(([domain, host]) => {
    if (domain === app.monitoring.domain && args.observability !== undefined) {
      return { host, routes: [grafanaRoute(args.identity, args.observability)], basicAuth: loginOf(args) };
    }
    const routes = app.routes.filter((route) => route.domain === domain);
    return { host, routes: routes.map((route) => serviceRoute(args, route)) };
  });
}

function serviceRoute({ config, services }: SitesArgs, route: RouteSpec): pulumi.Output<ProxyRoute> {
  const { health } = serviceSpec(config.app, route.service);
  return pulumi.output(services[route.service]?.upstreams ?? []).apply((upstreams) => ({
    paths: route.paths,
    upstreams,
    healthPath: health.path,
    bodyLimit: route.bodyLimit ?? defaultBodyLimit,
  }));
}

/** Known before Grafana runs: its start is nothing that a release waits for. */
function grafanaRoute(identity: Identity, network: pulumi.Output<string>): pulumi.Output<ProxyRoute> {
  const container = physicalName(identity, partHost("grafana"));
  return network.apply((known) => ({
    upstreams: [{ slot: container, container, network: known, port: 3000 }],
    healthPath: "/api/health",
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
