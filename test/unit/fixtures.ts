import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "vitest";
import type { AppSpec, RedisSpec } from "../../apps/spec";
import type { Platform } from "../../components/app/process";
import type { Credentials, Database } from "../../components/data/database";
import { Redis } from "../../components/data/redis";
import { Secrets } from "../../components/data/secrets";
import type { Host } from "../../components/host/host";
import { Images } from "../../components/images";
import { Networks } from "../../components/network/networks";
import { secretSpecs } from "../../lib/secretSpecs";

export const identity = { system: "shop", stack: "test" };

/** Types as the providers name them. */
export const types = {
  container: "docker:index/container:Container",
  network: "docker:index/network:Network",
  volume: "docker:index/volume:Volume",
  image: "docker:index/remoteImage:RemoteImage",
  command: "command:local:Command",
  password: "random:index/randomPassword:RandomPassword",
};

export function labels(service: string, release: string) {
  return [
    { label: "slipway.release", value: release },
    { label: "slipway.service", value: service },
    ...identityLabels,
  ];
}

export const identityLabels = [
  { label: "slipway.stack", value: "test" },
  { label: "slipway.system", value: "shop" },
];

/** What every container has, unless it says otherwise. A step of the update starts it. */
export const hardened = {
  envs: [],
  capabilities: { drops: ["ALL"], adds: [] },
  securityOpts: ["no-new-privileges:true"],
  readOnly: true,
  privileged: false,
  ipcMode: "private",
  volumes: [],
  shmSize: 64,
  networkMode: "bridge",
  ports: [],
  init: true,
  logDriver: "json-file",
  logOpts: {
    "max-size": "10m",
    "max-file": "3",
    labels: "slipway.release,slipway.service,slipway.stack,slipway.system",
  },
  restart: "unless-stopped",
  start: false,
  mustRun: false,
  stopSignal: "SIGTERM",
  stopTimeout: 30,
  destroyGraceSeconds: 30,
};

export function healthcheck(...tests: readonly string[]) {
  return { tests: ["CMD", ...tests], interval: "10s", timeout: "5s", startPeriod: "30s", retries: 3 };
}

/** The step's fixed inputs. */
export function stepInputs(script: string) {
  return {
    interpreter: ["node", "--require", "tsx/cjs"],
    create: `operations/steps/${script}.ts`,
    environment: { DOCKER_HOST: "ssh://deploy@host.example" },
    logging: "stderr",
  };
}

/** The SDK's own, on every command. */
export const stepOptions = { replaceOnChanges: ["triggers[*]"] };

/** A label of every container that has files. */
export const filesLabel = { label: "slipway.files", value: expect.stringMatching(/^[0-9a-f]{16}$/) };

/** How a step is told of a container that it starts. */
export function startable(name: string, owner: string, files: Readonly<Record<string, string>> = {}) {
  return { id: `${name}-id`, files, owner };
}

export const replaced = { replaceOnChanges: ["healthcheck", "tmpfs", "init", "cpus"] };

export const kept = {
  protect: true,
  retainOnDelete: true,
  ignoreChanges: ["labels", "driver", "driverOpts"],
};

export function testHost(): Host {
  return {
    provider: new docker.Provider("host-engine"),
    engineEnvironment: { DOCKER_HOST: "ssh://deploy@host.example" },
  };
}

/** A system of services that serve requests; one with all else is in yard.ts. */
export const shop: AppSpec & { readonly redis: RedisSpec } = {
  name: "shop",
  domains: { web: "the shop", admin: "the back office", monitoring: "Grafana" },
  monitoring: { domain: "monitoring" },
  images: {
    api: { description: "the API" },
    page: { description: "the pages", default: "nginx:1.29.4" },
    postgres: { description: "the database", default: "postgres:17.10-bookworm" },
    redis: { description: "the cache", default: "redis:7.4.2-bookworm" },
    proxy: { description: "Caddy", default: "caddy:2.11.9" },
  },
  secrets: {
    signingKey: { description: "signs sessions", origin: "generate", form: "base64-32" },
    mailPassword: { description: "password of the mail server", origin: "optional", form: "password" },
    licence: { description: "licence of the shop", origin: "required", form: "password" },
  },
  postgres: {
    image: "postgres",
    database: "shop",
    extensions: ["pg_trgm"],
    resources: { memory: 1024, cpus: 2 },
  },
  redis: { image: "redis", eviction: "allkeys-lru", resources: { memory: 256, cpus: 0.5 } },
  proxy: { image: "proxy", resources: { memory: 128, cpus: 1 } },
  services: {
    api: {
      image: "api",
      port: 3000,
      user: "1000:1001",
      usesData: true,
      health: { path: "/ready", command: ["node", "ready.js"] },
      resources: { memory: 512, cpus: 1 },
      replicas: 2,
      stopGrace: 45,
      environment: {
        MODE: "production",
        DB_HOST: { database: "host" },
        DB: { database: "password" },
        CACHE_HOST: { redis: "host" },
        CACHE: { redis: "password" },
        KEY: { secret: "signingKey" },
        LICENCE: { secret: "licence" },
        MAIL: { secret: "mailPassword" },
        ORIGIN: { origin: "web" },
      },
    },
    page: {
      image: "page",
      port: 8080,
      user: "101:101",
      usesData: false,
      health: { path: "/healthz", command: ["wget", "-q", "http://127.0.0.1:8080/healthz"] },
      resources: { memory: 64, cpus: 0.25 },
    },
  },
  migration: { service: "api", command: ["node", "migrate.js"], environment: { MODE: "migration" } },
  bootstrapAdmin: {
    service: "api",
    command: ["node", "admin.js"],
    environment: { ADMIN: { admin: "username" }, ADMIN_PASSWORD: { admin: "password" } },
  },
  routes: [
    { domain: "web", paths: ["/api/*"], service: "api", bodyLimit: 50 },
    { domain: "web", service: "page" },
    { domain: "admin", service: "api" },
  ],
};

export const pins = {
  api: "registry.example.com/shop/api:1.2.0",
  page: "nginx:1.29.4",
  postgres: "postgres:17.10-bookworm",
  redis: "redis:7.4.2-bookworm",
  proxy: "caddy:2.11.9",
};

/** Each secret's value is `value of <name>`. */
export function givenSecrets(...more: readonly string[]): Secrets {
  const names = [
    "databaseAppPassword",
    "databaseOwnerPassword",
    "databaseMonitorPassword",
    "databaseBackupPassword",
    "databaseAdminPassword",
    "redisPassword",
    "bootstrapAdminPassword",
    "grafanaAdminPassword",
    "backupRepositoryKey",
    "signingKey",
    "licence",
    ...more,
  ];
  const given = Object.fromEntries(names.map((name) => [name, pulumi.secret(`value of ${name}`)]));
  return new Secrets("secrets", { specs: secretSpecs(shop), given });
}

export function role(user: string): Credentials {
  return { user: pulumi.output(user), password: pulumi.secret(`password of ${user}`) };
}

export function testDatabase(): Database {
  return {
    host: pulumi.output("db.example.com"),
    port: pulumi.output(5433),
    name: pulumi.output("shop"),
    sslmode: pulumi.output("require"),
    owner: role("owner"),
    app: role("app"),
    roles: {},
  };
}

/** What the services and jobs of the shop stand on. */
export function testPlatform(change: Partial<Platform> = {}): Platform {
  const host = testHost();
  const images = new Images("images", { pins, registries: {}, mirror: undefined });
  const networks = new Networks("networks", { identity, observed: true, backedUpElsewhere: false });
  const secrets = givenSecrets();
  const redis = new Redis("redis", {
    identity,
    host,
    spec: shop.redis,
    resources: shop.redis.resources,
    image: images.get("redis"),
    network: networks.data,
    secrets,
    readyTimeout: 120,
  });
  return {
    identity,
    host,
    app: shop,
    config: { resources: {}, replicas: {}, timeouts: { ready: 90, drain: 20, migration: 600 } },
    images,
    networks,
    secrets,
    database: testDatabase(),
    redis,
    settings: {},
    sizes: {},
    volumes: {},
    gateways: {},
    origins: { web: "https://shop.example.com", admin: "https://admin.example.com" },
    traces: "tempo:4317",
    ...change,
  };
}
