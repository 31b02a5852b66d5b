import type { AppSpec } from "./spec";

/** HomeRack: plans what goes where in a rack, for one household or office (backend, frontend, Postgres, Redis). */
export const homerack: AppSpec = {
  name: "homerack",
  domains: { app: "the application", grafana: "Grafana" },
  images: {
    backend: { description: "the API, by Gunicorn" },
    frontend: { description: "the web page, by nginx" },
    postgres: { description: "the database", default: "postgres:17.10-bookworm" },
    redis: { description: "cache and rate limits of the API", default: "redis:7.4.2-bookworm" },
    proxy: { description: "Caddy", default: "caddy:2.11.9" },
  },
  secrets: {
    secretKey: { description: "key that the API signs with", origin: "generate", form: "hex-32" },
    jwtSecretKey: {
      description: "key that signs the tokens of those who have logged in",
      origin: "generate",
      form: "hex-32",
    },
  },
  settings: {
    workers: { description: "workers of Gunicorn, 2 to 4 for each core", form: "integer", default: "4" },
    dbPoolSize: { description: "connections that each worker keeps", form: "integer", default: "20" },
    dbMaxOverflow: {
      description: "connections that each worker opens besides when it needs them",
      form: "integer",
      default: "10",
    },
    dbPoolRecycle: { description: "seconds that a connection is used", form: "integer", default: "3600" },
  },
  postgres: {
    image: "postgres",
    database: "homerack",
    extensions: ["pg_stat_statements"],
    // 4 workers x (20 + 10), twice: in a release the old and the new container have their pools side by side. 20 are left
    // for the migration, the backups, what observes the server, and whoever looks into it.
    connections: 260,
    resources: { memory: 1024, cpus: 2 },
  },
  redis: {
    image: "redis",
    eviction: "allkeys-lru",
    maxMemory: 256,
    resources: { memory: 384, cpus: 0.5 },
  },
  proxy: { image: "proxy", resources: { memory: 256, cpus: 1 } },
  services: {
    backend: {
      image: "backend",
      port: 8000,
      user: "1000:1000",
      usesData: true,
      metrics: "/metrics",
      health: {
        path: "/api/health/ready",
        // Whether it lives, not whether the database does: the guardian restarts what isn't healthy.
        command: ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8000/api/health/live"],
        startup: { path: "/api/health/startup" },
      },
      // 150 MiB a worker, and the process that started them.
      resources: { memory: 768, cpus: 2 },
      volumes: { "/app/uploads": "uploads" },
      temporary: { "/tmp": 100 },
      environment: {
        ENVIRONMENT: "production",
        DEBUG: "false",
        LOG_LEVEL: "INFO",
        LOG_FORMAT: "json",
        WORKERS: { setting: "workers" },
        DATABASE_URL_FILE: { file: { database: "url" } },
        DB_POOL_SIZE: { setting: "dbPoolSize" },
        DB_MAX_OVERFLOW: { setting: "dbMaxOverflow" },
        DB_POOL_RECYCLE: { setting: "dbPoolRecycle" },
        REDIS_URL_FILE: { file: { redis: "url" } },
        SECRET_KEY_FILE: { file: { secret: "secretKey" } },
        JWT_SECRET_KEY_FILE: { file: { secret: "jwtSecretKey" } },
        CORS_ORIGINS: { text: ['["', { origin: "app" }, '"]'] },
        UPLOAD_DIR: "/app/uploads",
      },
    },
    frontend: {
      image: "frontend",
      port: 80,
      // nginx' own, in its official images.
      user: "101:101",
      usesData: false,
      health: {
        path: "/",
        command: ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:80/"],
      },
      resources: { memory: 64, cpus: 0.5 },
      temporary: { "/tmp": 16, "/run": 1, "/var/cache/nginx": 32 },
      capabilities: { CAP_NET_BIND_SERVICE: "it listens on port 80, and not as root" },
    },
  },
  volumes: { uploads: { description: "logos of brands that people have uploaded", backedUp: true } },
  migration: {
    service: "backend",
    command: ["alembic", "upgrade", "head"],
    revert: ["alembic", "downgrade", "-1"],
  },
  routes: [
    // What asks for health asks often, and must never be told to wait.
    { domain: "app", paths: ["/api/health", "/api/health/*"], service: "backend" },
    // 10 a second, and 30 of what is cheaper, as its own nginx has them; a page may use up ten seconds' share at once.
    {
      domain: "app",
      paths: ["/api", "/api/*", "/docs", "/docs/*", "/openapi.json"],
      service: "backend",
      rateLimit: { requests: 100, window: 10 },
    },
    {
      domain: "app",
      paths: ["/uploads/*"],
      service: "backend",
      rateLimit: { requests: 300, window: 10 },
    },
    { domain: "app", service: "frontend", rateLimit: { requests: 300, window: 10 } },
  ],
  monitoring: { domain: "grafana" },
  // Its guide's seven days; weeks and months thin out as usual. Its alerts begin where they do by default.
  defaults: { keep: { daily: 7 } },
};
