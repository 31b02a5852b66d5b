import * as pulumi from "@pulumi/pulumi";
import type { JobSpec } from "../apps/spec";
import type { StackConfig } from "../config";
import type { RecoveryKit } from "../lib/backup/recoveryKit";
import type { DeploymentRecord } from "../lib/deploymentRecord";
import { grafanaAdmin } from "../lib/observability/grafana";
import type { Observed } from "../lib/observability/observed";
import { partHost } from "../lib/observability/parts";
import { origin } from "../lib/origin";
import { mapValues } from "../lib/records";
import { secretSpecs } from "../lib/secretSpecs";
import type { RestorePoint } from "../operations/steps/restorePoint";
import type { Platform } from "./app/process";
import { ServiceJob, type ServiceJobArgs } from "./app/serviceJob";
import { createServices } from "./app/services";
import { Backups } from "./backup/backups";
import { recoveryKit } from "./backup/recoveryKit";
import { Postgres } from "./data/postgres";
import { Secrets } from "./data/secrets";
import { backedUpVolumes, createStores, type Stores } from "./data/stores";
import { Deployment } from "./deployment";
import { ReverseProxy } from "./edge/reverseProxy";
import { sitesOf } from "./edge/sites";
import { dataArgs, edgeArgs, type Foundation, imagesArgs, networksArgs, restorePointOf } from "./foundation";
import type { Host } from "./host/host";
import type { Identity } from "./identity";
import { Images } from "./images";
import { createGateways } from "./network/gateways";
import { Networks } from "./network/networks";
import { Observability } from "./observability/observability";
import { observedSystem } from "./observability/observedSystem";

export interface SystemArgs {
  readonly host: Host;
  readonly config: StackConfig;
}

/**
 * A whole system on one host, from its spec and its stack's configuration: images, networks, secrets, databases,
 * migration, services, proxy, and what backs up and observes them. What depends on what decides the order of a release: restore point, migration, new containers ready,
 * traffic switched and old requests ended, old containers deleted. A failure stops it there.
 *
 * @example new System("clubhouse", { host: createHost(config), config })
 */
export class System extends pulumi.ComponentResource {
  /** Public address of each domain, by its short name. */
  readonly urls: Readonly<Record<string, string>>;
  /** Pin of each image that runs. */
  readonly images: Readonly<Record<string, string>>;
  /** What is deployed, when, and by whom. */
  readonly deployment: pulumi.Output<DeploymentRecord>;
  /** User name and password of the first administrator, while the stack sets one. */
  readonly login: pulumi.Output<Login> | undefined;
  /** Of Grafana's administrator, where Grafana runs. */
  readonly grafanaLogin: pulumi.Output<Login> | undefined;
  /** What the proxy asks for before Grafana and the status page ask for theirs, where the system has that. */
  readonly monitoringLogin: pulumi.Output<Login> | undefined;
  /** What was dumped before the last migration, where there was anything to dump. */
  readonly restorePoint: pulumi.Output<RestorePoint | string> | undefined;
  /** What the system is brought back with on another machine, besides its configuration. */
  readonly recoveryKit: pulumi.Output<RecoveryKit> | undefined;

  constructor(name: string, { host, config }: SystemArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:components:System", name, {}, { ...opts, providers: [host.provider] });
    const { app } = config;
    const parent = { parent: this };
    const identity: Identity = { system: app.name, stack: config.stack };
    this.urls = mapValues(config.domains, (domain) => origin(domain, config));

    const observed = observedSystem(config, this.urls);
    const images = new Images("images", imagesArgs(config), parent);
    this.images = images.pins;
    const networks = new Networks("networks", networksArgs(identity, config, observed), parent);
    const secrets = new Secrets(
      "secrets",
      { specs: secretSpecs(app), given: { ...host.secrets, ...config.secrets } },
      parent,
    );
    const foundation = { identity, host, config, images, networks, secrets };
    const stores = createStores(foundation, parent);
    const { database } = stores;

    const admin = config.bootstrapAdmin;
    const platform: Platform = {
      ...foundation,
      ...stores,
      app,
      gateways: createGateways(foundation, parent),
      settings: config.settings,
      sizes: config.sizes,
      origins: this.urls,
      traces: observed.parts.includes("tempo") ? `${partHost("tempo")}:4317` : undefined,
      admin,
    };
    const proxy = new ReverseProxy(
      "proxy",
      { ...dataArgs(foundation, "proxy", app.proxy), ...edgeArgs(foundation) },
      parent,
    );
    const backups = this.backUp(foundation, stores, proxy);
    const migration = this.createJob("migration", platform, {
      what: "Migration",
      spec: config.migrations.skip ? undefined : app.migration,
      role: database.owner,
      restorePoint: restorePointOf(foundation, backups),
      force: config.migrations.force,
    });
    if (backups !== undefined) {
      this.restorePoint = migration?.restorePoint.apply(
        (point) => point ?? "none: there was nothing to dump",
      );
    }
    // Nothing of a release starts before its migration has succeeded.
    const after = migration === undefined ? [] : [migration];
    const services = createServices(platform, { parent: this, after });
    const sites = sitesOf({ ...foundation, services, observability: networks.observability });
    const serving = proxy.serve(sites, Object.values(services));
    backups?.note(images.pins, serving);
    const { pins } = images;
    this.deployment = new Deployment("deployment", { ...foundation, pins, serving }, parent).record;
    this.observe(foundation, observed, stores);
    if (admin !== undefined) {
      const what = "Creation of the first administrator";
      const job = { what, spec: app.bootstrapAdmin };
      // No value flows: the account is a row of the schema that the migration makes.
      this.createJob("bootstrap-admin", platform, job, { parent: this, dependsOn: after });
      this.login = loginOf(admin.username, secrets.get("bootstrapAdminPassword"));
    }
    if (observed.parts.includes("grafana")) {
      this.grafanaLogin = loginOf(grafanaAdmin, secrets.get("grafanaAdminPassword"));
      const { basicAuth } = app.monitoring;
      this.monitoringLogin = basicAuth && loginOf(basicAuth.username, secrets.get(basicAuth.secret));
    }
    if (backups !== undefined) this.recoveryKit = recoveryKit(config, identity, secrets);
    this.registerOutputs({ urls: this.urls, login: this.login, grafanaLogin: this.grafanaLogin });
  }

  private backUp(foundation: Foundation, stores: Stores, proxy: ReverseProxy): Backups | undefined {
    const { database } = stores;
    if (!(database instanceof Postgres) || database.backedUp === undefined) return undefined;
    const { app } = foundation.config;
    return new Backups(
      "backups",
      {
        ...foundation,
        serverImage: app.postgres.image,
        database: database.backedUp,
        volumes: { ...backedUpVolumes(app, stores), "proxy-data": proxy.data },
      },
      { parent: this },
    );
  }

  private observe(foundation: Foundation, observed: Observed, { database, redis }: Stores): void {
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

  private createJob(
    name: string,
    platform: Platform,
    { spec, ...job }: JobArgs,
    opts: pulumi.ComponentResourceOptions = { parent: this },
  ): ServiceJob | undefined {
    if (spec === undefined) return undefined;
    const { migration: timeout } = platform.config.timeouts;
    return new ServiceJob(name, { ...job, platform, spec, timeout }, opts);
  }
}

/** A job that a system may have. */
type JobArgs = Omit<ServiceJobArgs, "platform" | "timeout" | "spec"> & { readonly spec: JobSpec | undefined };

/** How somebody logs in. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

function loginOf(username: string, password: pulumi.Output<string>): pulumi.Output<Login> {
  return password.apply((known) => ({ username, password: known }));
}
