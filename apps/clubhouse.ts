import type { AppSpec } from "./spec";

/** Clubhouse: a community server (backend, frontend, Postgres, Redis). */
export const clubhouse: AppSpec = {
  name: "clubhouse",
  domains: { app: "the application", grafana: "Grafana" },
  images: {
    backend: { description: "the API and its WebSocket" },
    frontend: { description: "the web page" },
    postgres: { description: "the database", default: "postgres:17.10-bookworm" },
    redis: { description: "sessions and publish/subscribe", default: "redis:7.4.2-bookworm" },
    proxy: { description: "Caddy", default: "caddy:2.11.9" },
    // Its guide pins these. Prometheus' tags begin with a v.
    prometheus: { description: "metrics and alert rules", default: "prom/prometheus:v2.54.1" },
    grafana: { description: "dashboards", default: "grafana/grafana:11.2.0" },
    loki: { description: "logs", default: "grafana/loki:3.0.1" },
    tempo: { description: "traces", default: "grafana/tempo:2.6.1" },
  },
  secrets: {
    totpEncryptionKey: {
      description: "key of the administrators' second factor",
      origin: "generate",
      form: "base64-32",
    },
  },
  postgres: {
    image: "postgres",
    database: "clubhouse",
    extensions: [],
    resources: { memory: 1024, cpus: 2 },
  },
  redis: { image: "redis", eviction: "noeviction", resources: { memory: 256, cpus: 0.5 } },
  proxy: { image: "proxy", resources: { memory: 256, cpus: 1 } },
  services: {
    backend: {
      image: "backend",
      port: 8080,
      user: "1000:1000",
      usesData: true,
      metrics: "/metrics",
      health: { path: "/health", command: ["node", "dist/healthcheck.js"] },
      resources: { memory: 512, cpus: 1 },
      environment: {
        ENVIRONMENT: "production",
        LOG_LEVEL: "info",
        PORT: "8080",
        POSTGRES_HOST: { database: "host" },
        POSTGRES_PORT: { database: "port" },
        POSTGRES_DB: { database: "name" },
        POSTGRES_USER: { database: "user" },
        POSTGRES_PASSWORD: { database: "password" },
        POSTGRES_SSLMODE: { database: "sslmode" },
        REDIS_HOST: { redis: "host" },
        REDIS_PORT: { redis: "port" },
        REDIS_PASSWORD: { redis: "password" },
        WS_ORIGIN_ALLOWLIST: { origin: "app" },
        CLUBHOUSE_TOTP_ENCRYPTION_KEY: { secret: "totpEncryptionKey" },
        OTEL_SERVICE_NAME: "clubhouse-backend",
        OTEL_SERVICE_VERSION: { image: "release" },
        OTEL_EXPORTER_OTLP_ENDPOINT: { telemetry: "traces" },
      },
    },
    frontend: {
      image: "frontend",
      port: 8080,
      user: "1000:1000",
      usesData: false,
      health: {
        path: "/healthz",
        command: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/healthz"],
      },
      resources: { memory: 128, cpus: 0.5 },
    },
  },
  migration: { service: "backend", command: ["node", "dist/migrate.js"] },
  bootstrapAdmin: {
    service: "backend",
    command: ["node", "dist/bootstrapAdmin.js"],
    environment: {
      CLUBHOUSE_BOOTSTRAP_ADMIN_USERNAME: { admin: "username" },
      CLUBHOUSE_BOOTSTRAP_ADMIN_PASSWORD: { admin: "password" },
      CLUBHOUSE_BOOTSTRAP_ADMIN_EMAIL: { admin: "email" },
    },
  },
  routes: [
    {
      domain: "app",
      paths: ["/api", "/api/*", "/health"],
      service: "backend",
      allowedOrigins: ["app"],
    },
    { domain: "app", service: "frontend" },
  ],
  monitoring: { domain: "grafana" },
};
