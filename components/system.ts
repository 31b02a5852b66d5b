import * as pulumi from "@pulumi/pulumi";
import type { JobSpec, Resources } from "../apps/spec";
import type { StackConfig } from "../config";
import { grafanaAdmin } from "../lib/observability/grafana";
import type { Observed } from "../lib/observability/observed";
import { partHost } from "../lib/observability/parts";
import { origin } from "../lib/origin";
import { mapValues } from "../lib/records";
import { secretSpecs } from "../lib/secretSpecs";
import type { Job } from "./app/job";
import { type Platform, resourcesOf } from "./app/process";
import { Service } from "./app/service";
import { ServiceJob } from "./app/serviceJob";
import type { Credentials, Database } from "./data/database";
import { ExternalPostgres } from "./data/externalPostgres";
import { Postgres } from "./data/postgres";
import { Redis } from "./data/redis";
import { Secrets } from "./data/secrets";
import { ReverseProxy } from "./edge/reverseProxy";
import { sitesOf } from "./edge/sites";
import type { Host } from "./host/host";
import type { Identity } from "./identity";
import { Images } from "./images";
import { Networks } from "./network/networks";
import { Observability } from "./observability/observability";
import { observedSystem, unusedImages } from "./observability/observedSystem";

export interface SystemArgs {
  readonly host: Host;
  readonly config: StackConfig;
}

/**
 * A whole system on one host, from its spec and its stack's configuration: images, networks, secrets, databases,
 * migration, services, proxy, and what observes them. What depends on what decides the order of a release: migration, new containers ready,
 * traffic switched and old requests ended, old containers deleted. A failure stops it there.
 *
 * @example new System("clubhouse", { host: createHost(config.host), config })
 */
export class System extends pulumi.ComponentResource {
  /** Public address of each domain, by its short name. */
  readonly urls: Readonly<Record<string, string>>;
  /** Pin of each image that runs. */
  readonly images: Readonly<Record<string, string>>;
  /** User name and password of the first administrator, while the stack sets one. */
  readonly login: pulumi.Output<Login> | undefined;
  /** Of Grafana's administrator, where Grafana runs. */
  readonly grafanaLogin: pulumi.Output<Login> | undefined;

  constructor(name: string, { host, config }: SystemArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:components:System", name, {}, { ...opts, providers: [host.provider] });
    const { app } = config;
    const parent = { parent: this };
    const identity: Identity = { system: app.name, stack: config.stack };
    this.urls = mapValues(config.domains, (domain) => origin(domain, config));

    const observed = observedSystem(config, this.urls);
    const images = new Images("images", imagesArgs(config), parent);
    this.images = images.pins;
    const networks = new Networks("networks", { identity, observed: observed.parts.length > 0 }, parent);
    const secrets = new Secrets("secrets", { specs: secretSpecs(app), given: config.secrets }, parent);
    const foundation = { identity, host, config, images, networks, secrets };
    const database = this.createDatabase(foundation);
    const redis = new Redis(
      "redis",
      { ...dataArgs(foundation, "redis", app.redis), spec: app.redis },
      parent,
    );

    const admin = config.bootstrapAdmin;
    const traces = observed.parts.includes("tempo") ? `${partHost("tempo")}:4317` : undefined;
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
    this.observe(foundation, observed, database, redis);
    if (admin !== undefined) {
      const what = "Creation of the first administrator";
      this.createJob("bootstrap-admin", what, platform, database.app, app.bootstrapAdmin, afterMigration);
      this.login = loginOf(admin.username, secrets.get("bootstrapAdminPassword"));
    }
    if (observed.parts.includes("grafana")) {
      this.grafanaLogin = loginOf(grafanaAdmin, secrets.get("grafanaAdminPassword"));
    }
    this.registerOutputs({ urls: this.urls, login: this.login, grafanaLogin: this.grafanaLogin });
  }

  private observe(foundation: Foundation, observed: Observed, database: Database, redis: Redis): void {
    const { config, networks } = foundation;
    if (networks.observability === undefined) return;
    new Observability(
      "observability",
      {
        ...foundation,
        observed,
        database: database instanceof Postgres ? database : undefined,
        redis,
        network: networks.observability,
        internet: networks.edge,
        data: networks.data,
        dockerRoot: config.observability.dockerRoot,
        readyTimeout: config.timeouts.ready,
      },
      { parent: this },
    );
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

/** How somebody logs in. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

function loginOf(username: string, password: pulumi.Output<string>): pulumi.Output<Login> {
  return password.apply((known) => ({ username, password: known }));
}

interface Foundation {
  readonly identity: Identity;
  readonly host: Host;
  readonly config: StackConfig;
  readonly images: Images;
  readonly networks: Networks;
  readonly secrets: Secrets;
}

function imagesArgs(config: StackConfig) {
  const { app, images, registries, imageMirror, postgres } = config;
  // A server that somebody else runs needs no image here.
  const unused = [...unusedImages(config), ...(postgres === undefined ? [] : [app.postgres.image])];
  const used = Object.entries(images).filter(([image]) => !unused.includes(image));
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

function edgeArgs(foundation: Foundation, services: Readonly<Record<string, Service>>) {
  const { tls, ports, timeouts } = foundation.config;
  const { edge, observability } = foundation.networks;
  const sites = sitesOf({ ...foundation, services, observability });
  return { network: edge, observability, tls, ports, sites, drain: timeouts.drain };
}
