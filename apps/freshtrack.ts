import type { AppSpec, Environment } from "./spec";

/** What the API and the worker have in common: they are built from one source. */
const environment: Environment = {
  NODE_ENV: "production",
  DATABASE_URL: { database: "url" },
  DB_POOL_MAX: { setting: "databasePoolMax" },
  REDIS_URL: { redis: "url" },
  MINIO_ENDPOINT: { objectStore: "endpoint" },
  MINIO_REGION: { objectStore: "region" },
  MINIO_BUCKET: "frostguard",
  MINIO_ACCESS_KEY_FILE: { file: { objectStore: "accessKey" } },
  MINIO_SECRET_KEY_FILE: { file: { objectStore: "secretKey" } },
  JWT_SECRET_FILE: { file: { secret: "jwtSecret" } },
  STACK_AUTH_PROJECT_ID: { setting: "stackAuthProjectId" },
  STACK_AUTH_PUBLISHABLE_KEY: { setting: "stackAuthPublishableKey" },
  STACK_AUTH_SECRET_KEY_FILE: { file: { secret: "stackAuthSecretKey" } },
  FRONTEND_URL: { origin: "app" },
  APP_URL: { origin: "app" },
  API_URL: { origin: "api" },
  STRIPE_SECRET_KEY: { secret: "stripeSecretKey" },
  STRIPE_WEBHOOK_SECRET: { secret: "stripeWebhookSecret" },
  RESEND_API_KEY: { secret: "resendApiKey" },
  EMAIL_FROM_ADDRESS: { setting: "emailFromAddress" },
  TELNYX_API_KEY: { secret: "telnyxApiKey" },
  TELNYX_MESSAGING_PROFILE_ID: { setting: "telnyxMessagingProfileId" },
  TELNYX_PHONE_NUMBER: { setting: "telnyxPhoneNumber" },
  TTN_API_KEY: { secret: "ttnApiKey" },
  TTN_APPLICATION_ID: { setting: "ttnApplicationId" },
  TTN_API_URL: { setting: "ttnApiUrl" },
  TTN_WEBHOOK_URL: { text: [{ origin: "api" }, "/api/webhooks/ttn"] },
  SENTRY_DSN: { secret: "sentryDsn" },
};

/** FreshTrack Pro: temperatures of refrigerated goods (API, worker, frontend, Postgres, Redis, object store). */
export const freshtrack: AppSpec = {
  name: "freshtrack",
  domains: {
    app: "the application",
    site: "the bare domain, which has the application too",
    api: "the API",
    monitoring: "Grafana",
    status: "Uptime Kuma",
  },
  images: {
    backend: { description: "the API", repository: "ghcr.io/getdatasurge/frostguard-backend" },
    worker: { description: "jobs in the background", repository: "ghcr.io/getdatasurge/frostguard-worker" },
    frontend: { description: "the web page", repository: "ghcr.io/getdatasurge/frostguard-frontend" },
    postgres: { description: "the database", default: "postgres:17.10-bookworm" },
    redis: { description: "the queue of the jobs", default: "redis:7.4.2-bookworm" },
    minio: { description: "MinIO, for files", default: "minio/minio:RELEASE.2025-09-07T16-13-09Z" },
    proxy: { description: "Caddy", default: "caddy:2.11.9" },
  },
  lockstep: ["backend", "worker"],
  secrets: {
    jwtSecret: { description: "key that signs tokens", origin: "generate", form: "base64-32" },
    monitoringPassword: {
      description: "password of the login before Grafana's and Uptime Kuma's own",
      origin: "generate",
      form: "password",
    },
    stackAuthSecretKey: {
      description: "secret key of the project at Stack Auth",
      origin: "required",
      form: "password",
    },
    stripeSecretKey: {
      description: "key to payments at Stripe",
      origin: "optional",
      form: "password",
      prefix: "sk_",
      together: ["stripeWebhookSecret"],
    },
    stripeWebhookSecret: {
      description: "what Stripe signs its webhooks with",
      origin: "optional",
      form: "password",
      prefix: "whsec_",
    },
    resendApiKey: {
      description: "key to e-mail at Resend",
      origin: "optional",
      form: "password",
      prefix: "re_",
      together: ["emailFromAddress"],
    },
    telnyxApiKey: {
      description: "key to text messages at Telnyx",
      origin: "optional",
      form: "password",
      together: ["telnyxMessagingProfileId", "telnyxPhoneNumber"],
    },
    ttnApiKey: {
      description: "key to the sensors at The Things Network",
      origin: "optional",
      form: "password",
      together: ["ttnApplicationId"],
    },
    sentryDsn: { description: "where errors are reported to at Sentry", origin: "optional", form: "url" },
  },
  settings: {
    stackAuthProjectId: { description: "project at Stack Auth", form: "text", required: true },
    // Not secret: every browser gets it.
    stackAuthPublishableKey: {
      description: "publishable key of the project at Stack Auth",
      form: "text",
      required: true,
    },
    emailFromAddress: { description: "sender of e-mail", form: "email" },
    telnyxMessagingProfileId: { description: "messaging profile at Telnyx", form: "text" },
    telnyxPhoneNumber: { description: "sender of text messages, such as +15551234567", form: "text" },
    ttnApplicationId: { description: "application at The Things Network", form: "text" },
    ttnApiUrl: {
      description: "The Things Network's region",
      form: "url",
      default: "https://eu1.cloud.thethings.network",
    },
    databasePoolMax: {
      description: "database connections that the API and the worker keep, each",
      form: "integer",
      default: "20",
    },
  },
  postgres: {
    image: "postgres",
    database: "frostguard",
    extensions: ["pg_stat_statements"],
    resources: { memory: 1536, cpus: 2 },
  },
  redis: { image: "redis", eviction: "noeviction", resources: { memory: 256, cpus: 0.5 } },
  objectStore: { image: "minio", buckets: ["frostguard"], resources: { memory: 512, cpus: 0.5 } },
  proxy: { image: "proxy", resources: { memory: 256, cpus: 1 } },
  services: {
    backend: {
      image: "backend",
      port: 3000,
      user: "1000:1000",
      usesData: true,
      health: { path: "/health", command: ["curl", "-fsS", "http://127.0.0.1:3000/health"] },
      resources: { memory: 512, cpus: 1 },
      environment: {
        ...environment,
        PORT: "3000",
        CORS_ORIGINS: { text: [{ origin: "app" }, ",", { origin: "site" }] },
      },
    },
    worker: {
      image: "worker",
      user: "1000:1000",
      usesData: true,
      health: { command: ["pgrep", "-f", "worker"] },
      resources: { memory: 384, cpus: 1 },
      environment,
    },
    frontend: {
      image: "frontend",
      port: 8080,
      user: "101:101",
      usesData: false,
      health: { path: "/", command: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"] },
      resources: { memory: 128, cpus: 0.5 },
    },
  },
  migration: { service: "backend", command: ["npm", "run", "db:migrate"] },
  routes: [
    // Named, so that this is what is asked from outside whether it serves: the API has no first page.
    { domain: "api", paths: ["/health"], service: "backend" },
    { domain: "api", service: "backend" },
    { domain: "app", service: "frontend" },
    { domain: "site", service: "frontend" },
  ],
  // The other headers that its guide asks for are the proxy's own.
  headers: {
    "Content-Security-Policy":
      "default-src 'self'; connect-src 'self' https: wss:; img-src 'self' https: data: blob:; font-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-src https:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
  },
  monitoring: {
    domain: "monitoring",
    statusDomain: "status",
    basicAuth: { username: "admin", secret: "monitoringPassword" },
  },
  // Percent of the requests, and seconds.
  defaults: { thresholds: { errorRate: 1, latency: 0.5 } },
};
