import type { AppSpec, ServiceSpec } from "../../../../apps/spec";
import { shop } from "../../fixtures";

export const { api, page } = shop.services as Readonly<Record<"api" | "page", ServiceSpec>>;

/** The shop with all that a picture can have. */
export const everything: AppSpec = {
  ...shop,
  postgres: {
    ...shop.postgres,
    schemas: ["audit"],
    roles: { web_anon: {}, authenticator: { secret: "licence", memberOf: ["web_anon"], inherit: false } },
  },
  redis: { image: "redis", eviction: "allkeys-lru", maxMemory: 256, resources: { memory: 384, cpus: 0.5 } },
  objectStore: { image: "store", buckets: ["uploads", "exports"], resources: { memory: 256, cpus: 1 } },
  volumes: {
    uploads: { description: "files of customers", backedUp: true },
    cache: { description: "thumbnails", backedUp: false },
  },
  services: {
    api: {
      ...api,
      databaseRole: "authenticator",
      metrics: "/metrics",
      volumes: { "/srv/uploads": "uploads", "/srv/cache": "cache" },
      environment: {
        ...api.environment,
        S3: { objectStore: "endpoint" },
        TRACES: { text: ["http://", { telemetry: "traces" }] },
      },
    },
    page: { ...page, after: ["api"] },
    payments: {
      ...page,
      egress: ["api.stripe.com", "files.stripe.com"],
      optional: true,
      environment: { DATABASE_URL: { file: { database: "url" } } },
    },
    worker: {
      image: "api",
      user: "1000:1001",
      usesData: true,
      health: { command: ["node", "ready.js"] },
      resources: { memory: 512, cpus: 1 },
      sizing: {
        formula: {
          memory: { base: 200, perWorker: 150 },
          cpus: { perWorker: 0.25 },
          connections: { base: 2, perWorker: 1 },
        },
        tiers: {
          small: { workers: 5, connections: 7, memory: 950, cpus: 1.25 },
          large: { workers: 20, connections: 22, memory: 3200, cpus: 5 },
        },
        default: "small",
      },
    },
  },
  routes: [
    {
      domain: "web",
      paths: ["/pay"],
      service: "payments",
      bodyLimit: 1,
      rateLimit: { requests: 100, window: 60 },
    },
    {
      domain: "web",
      paths: ["/api/*"],
      service: "api",
      allowedOrigins: ["web", "admin"],
      responseTimeout: 30,
    },
    { domain: "web", service: "page" },
    { domain: "admin", service: "api" },
  ],
  monitoring: {
    domain: "monitoring",
    statusDomain: "status",
    basicAuth: { username: "ops", secret: "licence" },
  },
  defaults: { keep: { daily: 30, restorePoints: 7 } },
};
