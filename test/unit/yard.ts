import * as pulumi from "@pulumi/pulumi";
import type { AppSpec, ObjectStoreSpec, SizeSpec } from "../../apps/spec";
import type { Platform } from "../../components/app/process";
import { ObjectStore } from "../../components/data/objectStore";
import { Secrets } from "../../components/data/secrets";
import { Volume } from "../../components/data/volume";
import { Images } from "../../components/images";
import { EgressGateway } from "../../components/network/egressGateway";
import { Networks } from "../../components/network/networks";
import type { StackConfig } from "../../config";
import { secretSpecs } from "../../lib/secretSpecs";
import { role, testDatabase, testHost } from "./fixtures";
import { shopConfig } from "./shopConfig";

const identity = { system: "yard", stack: "test" };

const small: SizeSpec = { workers: 5, memory: 950, cpus: 1.25, connections: 7, replicas: 3 };

/** A system without Redis, of all that the shop has not: a worker, volumes, sizes, a way out, a migration's own image. */
export const yard: AppSpec & { readonly objectStore: ObjectStoreSpec } = {
  name: "yard",
  domains: { web: "the yard", monitoring: "Grafana" },
  monitoring: { domain: "monitoring" },
  images: {
    api: { description: "the API and the worker", repository: "registry.example.com/yard/api" },
    mailer: { description: "what sends mail" },
    migrations: { description: "the migrations" },
    postgres: { description: "the database", default: "postgres:17.10-bookworm" },
    store: { description: "MinIO", default: "minio/minio:RELEASE.2025-09-07T16-13-09Z" },
    proxy: { description: "Caddy", default: "caddy:2.11.9" },
  },
  secrets: {
    signingKey: { description: "signs sessions", origin: "generate", form: "hex-32" },
    clerkPassword: { description: "of the worker's role", origin: "generate", form: "password" },
  },
  settings: { sender: { description: "whom mail is from", form: "email" } },
  postgres: {
    image: "postgres",
    database: "yard",
    extensions: [],
    roles: { clerk: { secret: "clerkPassword" } },
    resources: { memory: 1024, cpus: 2 },
  },
  objectStore: { image: "store", buckets: ["photos"], resources: { memory: 256, cpus: 0.5 } },
  proxy: { image: "proxy", resources: { memory: 128, cpus: 1 } },
  volumes: {
    uploads: { description: "what people send", backedUp: true },
    thumbnails: { description: "made of the uploads", backedUp: false },
  },
  services: {
    mailer: {
      image: "mailer",
      port: 4000,
      user: "2000:2000",
      usesData: false,
      egress: ["mail.example.net"],
      after: ["api"],
      health: { path: "/health", command: ["mailer", "check"], interval: 2 },
      environment: { FROM: { text: ["Yard <", { setting: "sender" }, ">"] } },
      resources: { memory: 64, cpus: 0.25 },
    },
    api: {
      image: "api",
      port: 3000,
      user: "1000:1001",
      usesData: true,
      volumes: { "/srv/uploads": "uploads" },
      health: { path: "/ready", command: ["node", "ready.js"] },
      environment: { KEY_FILE: { file: { secret: "signingKey" } }, STORE: { objectStore: "endpoint" } },
      resources: { memory: 512, cpus: 1 },
    },
    worker: {
      image: "api",
      command: ["node", "worker.js"],
      user: "1000:1001",
      usesData: true,
      databaseRole: "clerk",
      volumes: { "/srv/uploads": "uploads", "/srv/thumbnails": "thumbnails" },
      temporary: { "/tmp": 16, "/cache": 128 },
      writableRoot: "its converter unpacks fonts beside itself",
      capabilities: { CAP_SETUID: "the converter runs as nobody", CAP_CHOWN: "and gets its files" },
      health: { command: ["node", "worker.js", "check"] },
      sizing: {
        formula: {
          memory: { base: 200, perWorker: 150 },
          cpus: { perWorker: 0.25 },
          connections: { base: 2, perWorker: 1 },
        },
        tiers: { small },
        default: "small",
      },
      environment: {
        WORKERS: { size: "workers" },
        POOL: { size: "connections" },
        VERSION: { image: "release" },
        DB_USER: { database: "user" },
      },
      resources: { memory: 100, cpus: 0.1 },
    },
  },
  migration: {
    image: "migrations",
    user: "3000:3000",
    usesData: true,
    command: ["deploy"],
    revert: ["revert"],
    environment: { DATABASE_URL: { database: "url" } },
    resources: { memory: 128, cpus: 0.5 },
  },
  routes: [
    { domain: "web", paths: ["/mail/*"], service: "mailer" },
    { domain: "web", service: "api" },
  ],
};

export const yardPins = {
  api: "registry.example.com/yard/api:2.0.0",
  mailer: "registry.example.com/yard/mailer:2.0.0",
  migrations: "registry.example.com/yard/migrations:2.0.1",
  postgres: "postgres:17.10-bookworm",
  store: "minio/minio:RELEASE.2025-09-07T16-13-09Z",
  proxy: "caddy:2.11.9",
  egress: "ubuntu/squid:6.6-24.04_beta",
};

/** A stack's configuration of the yard, as `readConfig` would give it. */
export function yardConfig(change: Partial<StackConfig> = {}): StackConfig {
  return shopConfig({
    app: yard,
    domains: { web: "yard.example.com" },
    images: yardPins,
    secrets: {},
    bootstrapAdmin: undefined,
    sizes: { worker: small },
    ...change,
  });
}

/** What the services and jobs of the yard stand on. */
export function yardPlatform(change: Partial<Platform> = {}): Platform {
  const host = testHost();
  const images = new Images("images", { pins: yardPins, registries: {}, mirror: undefined });
  const networks = new Networks("networks", {
    identity,
    observed: true,
    backedUpElsewhere: false,
    egress: ["mailer"],
  });
  const specs = secretSpecs(yard);
  const given = Object.fromEntries(
    Object.keys(specs).map((name) => [name, pulumi.secret(`value of ${name}`)]),
  );
  const secrets = new Secrets("secrets", { specs, given });
  const common = { identity, host, secrets, readyTimeout: 120 };
  return {
    identity,
    host,
    app: yard,
    config: { resources: {}, replicas: {}, timeouts: { ready: 90, drain: 20, migration: 600 } },
    images,
    networks,
    secrets,
    settings: {},
    sizes: { worker: small },
    database: { ...testDatabase(), roles: { clerk: role("clerk") } },
    objectStore: new ObjectStore("object-store", {
      ...common,
      spec: yard.objectStore,
      resources: yard.objectStore.resources,
      image: images.get("store"),
      network: networks.data,
    }),
    volumes: {
      uploads: new Volume("volume-uploads", { identity, part: "volume-uploads" }),
      thumbnails: new Volume("volume-thumbnails", { identity, part: "volume-thumbnails" }),
    },
    gateways: {
      mailer: new EgressGateway("egress-mailer", {
        ...common,
        image: images.get("egress"),
        service: "mailer",
        hosts: ["mail.example.net"],
        network: networks.egress.mailer ?? "",
        internet: networks.edge,
      }),
    },
    origins: { web: "https://yard.example.com" },
    traces: undefined,
    ...change,
  };
}
