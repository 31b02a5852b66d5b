import type { AppSpec } from "./spec";

/** Togather: a server of events that communities share (one server with its job queue, Postgres). */
export const togather: AppSpec = {
  name: "togather",
  domains: { app: "the API and the pages of its administrators", grafana: "Grafana" },
  images: {
    server: {
      description: "the API, its pages and its job queue",
      repository: "ghcr.io/togather-foundation/server",
    },
    // golang-migrate's own image with the release's folder of migrations: the server's has neither.
    migrations: {
      description: "golang-migrate with the migrations of the release",
      repository: "ghcr.io/togather-foundation/server-migrations",
    },
    // Built from the guide's Dockerfile.postgres; nobody publishes one.
    postgres: { description: "Postgres 16 with PostGIS and pgvector" },
    proxy: { description: "Caddy", default: "caddy:2.11.9" },
  },
  lockstep: ["server", "migrations"],
  secrets: {
    jwtSecret: {
      description: "key that signs the tokens of those who have logged in",
      origin: "generate",
      form: "base64-32",
    },
    adminApiKey: {
      description: "key of the administrators' part of the API",
      origin: "generate",
      form: "hex-32",
    },
  },
  settings: {
    environment: {
      description: "what the stack is for",
      form: ["development", "staging", "production"],
      default: "production",
    },
    logLevel: {
      description: "the least that the server logs",
      form: ["debug", "info", "warn", "error"],
      default: "info",
    },
  },
  postgres: {
    image: "postgres",
    database: "togather",
    extensions: ["postgis", "vector", "pg_trgm"],
    resources: { memory: 1024, cpus: 2 },
  },
  proxy: { image: "proxy", resources: { memory: 256, cpus: 1 } },
  services: {
    server: {
      image: "server",
      port: 8080,
      user: "1000:1000",
      usesData: true,
      metrics: "/metrics",
      health: {
        // Whether it answers, no more. /health fails on all containers at once when a migration has failed: those of the
        // release before must go on serving, and nobody must restart them for it.
        path: "/healthz",
        command: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/healthz"],
        interval: 2,
        startup: {
          path: "/health",
          expect: {
            status: "healthy",
            database: "connected",
            migrations: "up-to-date",
            jobs: "operational",
          },
        },
      },
      resources: { memory: 512, cpus: 1 },
      environment: {
        ENVIRONMENT: { setting: "environment" },
        LOG_LEVEL: { setting: "logLevel" },
        PORT: "8080",
        DATABASE_URL: { database: "url" },
        JWT_SECRET: { secret: "jwtSecret" },
        ADMIN_API_KEY: { secret: "adminApiKey" },
        SERVER_BASE_URL: { origin: "app" },
        CORS_ALLOWED_ORIGINS: { origin: "app" },
        // The engine's networks, so that the server takes the proxy's word for who asks, and nobody's from outside.
        TRUSTED_PROXY_CIDRS: "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16",
      },
    },
  },
  migration: {
    image: "migrations",
    user: "1000:1000",
    usesData: true,
    // Without host, user and password: the driver has them from the environment, and no list of processes shows them.
    command: ["-path", "/migrations", "-database", "postgres:///", "up"],
    revert: ["-path", "/migrations", "-database", "postgres:///", "down", "1"],
    resources: { memory: 128, cpus: 0.5 },
    environment: {
      PGHOST: { database: "host" },
      PGPORT: { database: "port" },
      PGDATABASE: { database: "name" },
      PGUSER: { database: "user" },
      PGPASSWORD: { database: "password" },
      PGSSLMODE: { database: "sslmode" },
    },
  },
  routes: [
    // As many as the server itself allows: here whoever tries more doesn't reach it, and is banned in the end.
    {
      domain: "app",
      paths: ["/api/v1/admin/login"],
      service: "server",
      rateLimit: { requests: 5, window: 900 },
    },
    // As many as the server allows the programs that feed it, which ask most.
    { domain: "app", service: "server", rateLimit: { requests: 300, window: 60 } },
  ],
  monitoring: { domain: "grafana" },
  defaults: { ready: 60, keep: { restorePoints: 7 } },
};
