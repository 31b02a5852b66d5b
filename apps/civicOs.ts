import { keycloak } from "./civicOs/keycloak";
import type { AppSpec } from "./spec";

const generated = { origin: "generate", form: "password" } as const;
const required = { origin: "required", form: "password" } as const;
const asks = ["wget", "-q", "-O", "/dev/null"];

/** Civic OS: applications for cities from a database's metadata (frontend, PostgREST, workers, Postgres with PostGIS). */
export const civicOs: AppSpec = {
  name: "civic-os",
  domains: {
    app: "the application",
    api: "the API, and where Stripe tells of payments",
    auth: "Keycloak",
    grafana: "Grafana",
  },
  images: {
    frontend: { description: "the pages, by nginx", repository: "ghcr.io/civic-os/frontend" },
    postgrest: { description: "the API, by PostgREST", repository: "ghcr.io/civic-os/postgrest" },
    migrations: { description: "the migrations, by Sqitch", repository: "ghcr.io/civic-os/migrations" },
    worker: { description: "uploads, mails", repository: "ghcr.io/civic-os/consolidated-worker" },
    paymentWorker: { description: "payments by Stripe", repository: "ghcr.io/civic-os/payment-worker" },
    keycloak: { description: "logins", default: "quay.io/keycloak/keycloak:26.4.7" },
    postgres: { description: "the database, with PostGIS", default: "postgis/postgis:17-3.5" },
    proxy: { description: "Caddy", default: "caddy:2.11.9" },
  },
  lockstep: ["frontend", "postgrest", "migrations"],
  secrets: {
    authenticatorPassword: { ...generated, description: "of the database role of PostgREST" },
    workerPassword: { ...generated, description: "of the database role of the workers" },
    s3AccessKeyId: { ...required, description: "name of the key to the bucket of the uploads" },
    s3SecretAccessKey: { ...required, description: "the key to the bucket of the uploads" },
    stripeApiKey: {
      ...required,
      description: "key to Stripe",
      prefix: "sk_",
      together: ["stripeWebhookSecret"],
    },
    stripeWebhookSecret: { ...required, description: "key that Stripe signs with", prefix: "whsec_" },
    keycloakPassword: { ...generated, description: "of the database role of Keycloak" },
    keycloakAdminPassword: { ...required, description: "of Keycloak's first administrator, admin" },
  },
  settings: {
    keycloakUrl: { description: "where people log in", form: "url", required: true },
    // Not by its public name where it is one of the services: the proxy serves that once all of them are ready.
    keycloakKeysUrl: {
      description: "where PostgREST finds Keycloak: http://keycloak:8080 of the service, else keycloakUrl",
      form: "url",
      required: true,
    },
    keycloakRealm: { description: "realm of the application", form: "text", required: true },
    keycloakClientId: { description: "what the pages are in the realm", form: "text", required: true },
    postgrestLogLevel: {
      description: "the least that PostgREST logs",
      form: ["crit", "error", "warn", "info", "debug"],
      default: "warn",
    },
    swaggerUrl: { description: "pages about the API that the application refers to", form: "url" },
    mapLatitude: { description: "centre of maps", form: "number", default: "43.0125" },
    mapLongitude: { description: "centre of maps", form: "number", default: "-83.6875" },
    mapZoom: { description: "zoom of maps", form: "integer", default: "13" },
    s3PublicEndpoint: { description: "store of the uploads, for browsers", form: "url", required: true },
    s3Endpoint: { description: "store of the uploads, for the worker, unless it is AWS", form: "url" },
    s3Region: { description: "region of the bucket", form: "text", default: "us-east-1" },
    s3Bucket: { description: "bucket of the uploads", form: "text", required: true },
    paymentCurrency: { description: "currency of payments", form: "text", default: "USD" },
    paymentWorkers: { description: "payments begun at a time", form: "integer", default: "1" },
    paymentConnections: { description: "to the database, for payments", form: "integer", default: "4" },
  },
  postgres: {
    image: "postgres",
    database: "civic_os",
    extensions: [{ name: "postgis", schema: "postgis" }],
    schemas: ["metadata", "payments", "plugins"],
    roles: {
      authenticator: {
        secret: "authenticatorPassword",
        memberOf: ["web_anon", "authenticated"],
        inherit: false,
      },
      web_anon: {},
      authenticated: {},
      worker: {
        secret: "workerPassword",
        commonRights: true,
        bypassRowSecurity: "they work for everybody, and the policies are about who has logged in",
      },
      keycloak: { secret: "keycloakPassword", schema: "keycloak" },
    },
    ownerManagesRoles: true,
    // With the replicas of the guide: 3 x 10 of PostgREST, 3 x 4 and 2 x 4 of the workers, 20 of Keycloak, and all of it
    // twice for the time of a release. 20 are left for migration, backups, and what observes the server.
    connections: 160,
    resources: { memory: 1024, cpus: 2 },
  },
  proxy: { image: "proxy", resources: { memory: 256, cpus: 1 } },
  services: {
    frontend: {
      image: "frontend",
      port: 80,
      // The user nginx of its image.
      user: "101:101",
      usesData: false,
      health: { path: "/health", command: [...asks, "http://127.0.0.1/health"] },
      // Its settings are written into its pages, and their addresses into the headers, as it starts.
      copies: ["/etc/nginx/conf.d", "/usr/share/nginx/html"],
      temporary: { "/tmp": 16, "/run": 1, "/var/cache/nginx": 16 },
      resources: { memory: 128, cpus: 0.5 },
      environment: {
        POSTGREST_URL: { text: [{ origin: "api" }, "/"] },
        SWAGGER_URL: { setting: "swaggerUrl" },
        KEYCLOAK_URL: { setting: "keycloakUrl" },
        KEYCLOAK_REALM: { setting: "keycloakRealm" },
        KEYCLOAK_CLIENT_ID: { setting: "keycloakClientId" },
        MAP_DEFAULT_LAT: { setting: "mapLatitude" },
        MAP_DEFAULT_LNG: { setting: "mapLongitude" },
        MAP_DEFAULT_ZOOM: { setting: "mapZoom" },
        S3_ENDPOINT: { setting: "s3PublicEndpoint" },
        S3_BUCKET: { setting: "s3Bucket" },
      },
    },
    postgrest: {
      image: "postgrest",
      port: 3000,
      user: "1000:1000",
      usesData: true,
      databaseRole: "authenticator",
      health: { path: "/", command: ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:3000/"] },
      // The keys of Keycloak, which it fetches as it starts.
      temporary: { "/tmp": 16, "/etc/postgrest": 1 },
      resources: { memory: 256, cpus: 1 },
      after: ["keycloak"],
      environment: {
        PGRST_DB_URI: { database: "url" },
        PGRST_OPENAPI_SERVER_PROXY_URI: { origin: "api" },
        PGRST_SERVER_CORS_ALLOWED_ORIGINS: { origin: "app" },
        PGRST_LOG_LEVEL: { setting: "postgrestLogLevel" },
        KEYCLOAK_URL: { setting: "keycloakKeysUrl" },
        KEYCLOAK_REALM: { setting: "keycloakRealm" },
      },
    },
    worker: {
      image: "worker",
      user: "1000:1000",
      usesData: true,
      databaseRole: "worker",
      health: { command: [...asks, "http://127.0.0.1:8090/health"] },
      // What it makes thumbnails of is there for as long as that takes.
      temporary: { "/tmp": 256 },
      sizing: {
        formula: {
          memory: { base: 200, perWorker: 150 },
          cpus: { perWorker: 0.25 },
          connections: { base: 2, perWorker: 1 },
        },
        tiers: {
          development: { workers: 2, memory: 768, cpus: 1, connections: 4 },
          small: { workers: 4, memory: 1536, cpus: 2, connections: 4 },
          medium: { workers: 8, memory: 3072, cpus: 4, connections: 8 },
          large: { workers: 4, memory: 1536, cpus: 2, connections: 4, replicas: 3 },
        },
        default: "small",
      },
      resources: { memory: 1536, cpus: 2 },
      environment: {
        DATABASE_URL: { database: "url" },
        DB_MAX_CONNS: { size: "connections" },
        DB_MIN_CONNS: "1",
        THUMBNAIL_MAX_WORKERS: { size: "workers" },
        SITE_URL: { origin: "app" },
        S3_PUBLIC_ENDPOINT: { setting: "s3PublicEndpoint" },
        S3_ENDPOINT: { setting: "s3Endpoint" },
        S3_REGION: { setting: "s3Region" },
        S3_BUCKET: { setting: "s3Bucket" },
        S3_ACCESS_KEY_ID: { secret: "s3AccessKeyId" },
        S3_SECRET_ACCESS_KEY: { secret: "s3SecretAccessKey" },
      },
    },
    "payment-worker": {
      image: "paymentWorker",
      optional: true,
      port: 8080,
      user: "1000:1000",
      usesData: true,
      databaseRole: "worker",
      egress: ["api.stripe.com"],
      health: { path: "/health", command: [...asks, "http://127.0.0.1:8080/health"] },
      resources: { memory: 256, cpus: 0.5 },
      environment: {
        DATABASE_URL: { database: "url" },
        DB_MAX_CONNS: { setting: "paymentConnections" },
        DB_MIN_CONNS: "1",
        STRIPE_API_KEY: { secret: "stripeApiKey" },
        STRIPE_WEBHOOK_SECRET: { secret: "stripeWebhookSecret" },
        PAYMENT_CURRENCY: { setting: "paymentCurrency" },
        RIVER_WORKER_COUNT: { setting: "paymentWorkers" },
        WEBHOOK_PORT: "8080",
      },
    },
    keycloak,
  },
  migration: {
    image: "migrations",
    user: "1000:1000",
    usesData: true,
    revert: ["revert", "--to", "@HEAD^"],
    resources: { memory: 256, cpus: 0.5 },
    environment: {
      PGRST_DB_URI: { database: "url" },
      CIVIC_OS_VERIFY_FULL: "true",
      // Sqitch notes down who has deployed what, and its user has no name in the image.
      SQITCH_FULLNAME: "Civic OS",
      SQITCH_EMAIL: "migrations@localhost",
      HOME: "/tmp",
    },
  },
  routes: [
    {
      domain: "api",
      paths: ["/webhooks/stripe"],
      service: "payment-worker",
      bodyLimit: 1,
      rateLimit: { requests: 100, window: 60 },
      responseTimeout: 10,
    },
    { domain: "api", service: "postgrest", rateLimit: { requests: 1200, window: 60 } },
    { domain: "auth", service: "keycloak", rateLimit: { requests: 600, window: 60 } },
    { domain: "app", service: "frontend" },
  ],
  // Maps show where one is.
  headers: { "Permissions-Policy": "camera=(), geolocation=(self), microphone=()" },
  monitoring: { domain: "grafana" },
  // Keycloak takes its time, the first start most of all.
  defaults: { ready: 240, keep: { daily: 30 } },
};
