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
    tmdbApiKey: {
      description: "key to TMDB, for films that posts link to",
      origin: "optional",
      form: "password",
    },
    omdbApiKey: {
      description: "key to OMDb, for ratings of these films",
      origin: "optional",
      form: "password",
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
      // Not its entry point, which migrates before: nothing is left to migrate, and it refuses a schema that is newer
      // than the release, which couldn't be started again once the next one's migration has run.
      entrypoint: ["./clubhouse-server"],
      port: 8080,
      user: "1000:1000",
      usesData: true,
      metrics: "/metrics",
      health: { path: "/health", command: ["curl", "-fsS", "http://127.0.0.1:8080/health"] },
      volumes: { "/data/uploads": "uploads" },
      resources: { memory: 512, cpus: 1 },
      environment: {
        ENVIRONMENT: "production",
        LOG_LEVEL: "info",
        HTTP_PORT: "8080",
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
        // The engine's networks: it counts attempts to log in by the address that the proxy tells, not by the proxy's.
        TRUSTED_PROXY_IPS: "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16",
        CLUBHOUSE_TOTP_ENCRYPTION_KEY: { secret: "totpEncryptionKey" },
        CLUBHOUSE_BOOTSTRAP_ADMIN_USERNAME: { admin: "username" },
        CLUBHOUSE_BOOTSTRAP_ADMIN_PASSWORD: { admin: "password" },
        CLUBHOUSE_BOOTSTRAP_ADMIN_EMAIL: { admin: "email" },
        CLUBHOUSE_UPLOAD_DIR: "/data/uploads",
        CLUBHOUSE_UPLOAD_MAX_BYTES: "10485760",
        TMDB_API_KEY: { secret: "tmdbApiKey" },
        OMDB_API_KEY: { secret: "omdbApiKey" },
        OTEL_SERVICE_NAME: "clubhouse-backend",
        OTEL_SERVICE_VERSION: { image: "release" },
        OTEL_EXPORTER_OTLP_ENDPOINT: { telemetry: "traces" },
        OTEL_EXPORTER_OTLP_INSECURE: "true",
        OTEL_SEMCONV_STABILITY_OPT_IN: "database",
      },
    },
    frontend: {
      image: "frontend",
      port: 80,
      user: "1000:1000",
      usesData: false,
      health: { path: "/", command: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1/"] },
      // nginx' own, in its official images.
      temporary: { "/tmp": 16, "/run": 1, "/var/cache/nginx": 32 },
      resources: { memory: 128, cpus: 0.5 },
    },
  },
  volumes: { uploads: { description: "pictures that people have uploaded", backedUp: true } },
  migration: {
    image: "backend",
    user: "1000:1000",
    usesData: true,
    entrypoint: ["migrate"],
    // Without host, user and password: the driver has them from the environment, and no list of processes shows them.
    command: ["-path", "/app/migrations", "-database", "postgres:///", "up"],
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
    {
      domain: "app",
      paths: ["/api", "/api/*", "/health"],
      service: "backend",
      // A picture of the most that it takes, and what a form adds.
      bodyLimit: 12,
      allowedOrigins: ["app"],
    },
    { domain: "app", service: "frontend" },
  ],
  monitoring: { domain: "grafana" },
};
