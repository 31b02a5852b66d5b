import * as pulumi from "@pulumi/pulumi";
import type { JobSpec, Resources, RouteSpec } from "../apps/spec";
import type { StackConfig } from "../config";
import type { ProxyRoute } from "../lib/caddyfile";
import { type PartName, partHost, partNames } from "../lib/observability/parts";
import { partsOf } from "../lib/observability/profiles";
import { origin } from "../lib/origin";
import { secretSpecs } from "../lib/secretSpecs";
import type { Job } from "./app/job";
import { type Platform, resourcesOf, serviceSpec } from "./app/process";
import { Service } from "./app/service";
import { ServiceJob } from "./app/serviceJob";
import type { Credentials, Database } from "./data/database";
import { ExternalPostgres } from "./data/externalPostgres";
import { Postgres } from "./data/postgres";
import { Redis } from "./data/redis";
import { Secrets } from "./data/secrets";
import { ReverseProxy, type SiteArgs } from "./edge/reverseProxy";
import type { Host } from "./host/host";
import type { Identity } from "./identity";
import { Images } from "./images";
import { Networks } from "./network/networks";

export interface SystemArgs {
  readonly host: Host;
  readonly config: StackConfig;
}

/**
 * A whole system on one host, from its spec and its stack's configuration: images, networks, secrets, databases,
 * migration, services, proxy. What depends on what decides the order of a release: migration, new containers ready,
 * traffic switched and old requests ended, old containers deleted. A failure stops it there.
 *
 * @example new System("clubhouse", { host: createHost(config.host), config })
 */
export class System extends pulumi.ComponentResource {
  /** Public address of each domain, by its short name. */
  readonly urls: Readonly<Record<string, string>>;
  /** User name and password of the first administrator, while the stack sets one. */
  readonly login: pulumi.Output<{ username: string; password: string }> | undefined;

  constructor(name: string, { host, config }: SystemArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:components:System", name, {}, { ...opts, providers: [host.provider] });
    const { app } = config;
    const parent = { parent: this };
    const identity: Identity = { system: app.name, stack: config.stack };
    this.urls = mapValues(config.domains, (domain) => origin(domain, config));

    const parts = partsOf(config.observability.profile, { externalPostgres: config.postgres !== undefined });
    const images = new Images("images", imagesArgs(config, parts), parent);
    const networks = new Networks("networks", { identity }, parent);
    const secrets = new Secrets("secrets", { specs: secretSpecs(app), given: config.secrets }, parent);
    const foundation = { identity, host, config, images, networks, secrets };
    const database = this.createDatabase(foundation);
    const redis = new Redis(
      "redis",
      { ...dataArgs(foundation, "redis", app.redis), spec: app.redis },
      parent,
    );

    const admin = config.bootstrapAdmin;
    const traces = parts.includes("tempo") ? `${partHost("tempo")}:4317` : undefined;
    const platform: Platform = { ...foundation, app, database, redis, origins: this.urls, traces, admin };
    const migration = this.createJob("migration", "Migration", platform, database.owner, app.migration);
    // No value flows: nothing of a release starts before its migration has succeeded.
    const afterMigration = { parent: this, dependsOn: migration ?? [] };
    const services = Object.fromEntries(
      Object.keys(app.services).map((service) => [
        service,
        new Service(service, { platform, service, role: database.app }, afterMigration),
      ]),
    );
    new ReverseProxy(
      "proxy",
      { ...dataArgs(foundation, "proxy", app.proxy), ...edgeArgs(foundation, services) },
      parent,
    );
    if (admin !== undefined) {
      const what = "Creation of the first administrator";
      this.createJob("bootstrap-admin", what, platform, database.app, app.bootstrapAdmin, afterMigration);
      this.login = secrets
        .get("bootstrapAdminPassword")
        .apply((password) => ({ username: admin.username, password }));
    }
    this.registerOutputs({ urls: this.urls, login: this.login });
  }

  private createDatabase(foundation: Foundation): Database {
    const { config, images, secrets } = foundation;
    const { app, postgres: settings } = config;
    if (settings !== undefined) {
      return new ExternalPostgres("postgres", { settings, secrets }, { parent: this });
    }
    return new Postgres(
      "postgres",
      { ...dataArgs(foundation, "postgres", app.postgres), spec: app.postgres, release: images.release },
      { parent: this },
    );
  }

  private createJob(
    name: string,
    what: string,
    platform: Platform,
    role: Credentials,
    spec: JobSpec | undefined,
    opts: pulumi.ComponentResourceOptions = { parent: this },
  ): Job | undefined {
    if (spec === undefined) return undefined;
    const { migration: timeout } = platform.config.timeouts;
    return new ServiceJob(name, { platform, what, spec, role, timeout }, opts);
  }
}

interface Foundation {
  readonly identity: Identity;
  readonly host: Host;
  readonly config: StackConfig;
  readonly images: Images;
  readonly networks: Networks;
  readonly secrets: Secrets;
}

function imagesArgs(
  { app, images, registries, imageMirror, postgres }: StackConfig,
  parts: readonly PartName[],
) {
  // A server that somebody else runs needs no image here, nor does a part that doesn't run.
  const unused = new Set<string>(partNames.filter((part) => !parts.includes(part)));
  if (postgres !== undefined) unused.add(app.postgres.image);
  const used = Object.entries(images).filter(([image]) => !unused.has(image));
  return { pins: Object.fromEntries(used), registries, mirror: imageMirror };
}

/** What the databases and the proxy have in common. */
function dataArgs(
  foundation: Foundation,
  part: string,
  spec: { readonly image: string; readonly resources: Resources },
) {
  const { identity, host, config, images, networks, secrets } = foundation;
  return {
    identity,
    host,
    secrets,
    image: images.get(spec.image),
    network: networks.data,
    resources: resourcesOf(config, part, spec.resources),
    readyTimeout: config.timeouts.ready,
  };
}

function edgeArgs({ config, networks }: Foundation, services: Readonly<Record<string, Service>>) {
  const { tls, ports, timeouts, domains } = config;
  const sites = Object.entries(domains).map(([domain, host]): SiteArgs => {
    const routes = config.app.routes.filter((route) => route.domain === domain);
    return { host, routes: routes.map((route) => proxyRoute(config, route, services[route.service])) };
  });
  return { network: networks.edge, tls, ports, sites, drain: timeouts.drain };
}

const defaultBodyLimit = 10;

function proxyRoute(
  { app }: StackConfig,
  route: RouteSpec,
  service: Service | undefined,
): pulumi.Output<ProxyRoute> {
  const { health } = serviceSpec(app, route.service);
  return pulumi.output(service?.upstreams ?? []).apply((upstreams) => ({
    paths: route.paths,
    upstreams,
    healthPath: health.path,
    bodyLimit: route.bodyLimit ?? defaultBodyLimit,
  }));
}

function mapValues<From, To>(
  object: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
