import type { AppSpec } from "./spec";

export const miniflux: AppSpec = {
  name: "miniflux",
  domains: { app: "the reader", grafana: "Grafana" },
  images: {
    miniflux: { description: "the reader", repository: "miniflux/miniflux" },
    postgres: { description: "the database", default: "postgres:17.10-bookworm" },
    proxy: { description: "Caddy", default: "caddy:2.11.9" },
  },
  secrets: {},
  postgres: { image: "postgres", database: "miniflux", extensions: [], resources: { memory: 512, cpus: 1 } },
  proxy: { image: "proxy", resources: { memory: 128, cpus: 1 } },
  services: {
    reader: {
      image: "miniflux",
      port: 8080,
      user: "65534:65534",
      usesData: true,
      health: { path: "/healthcheck", command: ["/usr/bin/miniflux", "-healthcheck", "auto"] },
      resources: { memory: 256, cpus: 1 },
      environment: { BASE_URL: { origin: "app" }, DATABASE_URL_FILE: { file: { database: "url" } } },
    },
  },
  migration: { service: "reader", command: ["/usr/bin/miniflux", "-migrate"] },
  bootstrapAdmin: {
    service: "reader",
    // Creates the administrator on its way, and ends.
    command: ["/usr/bin/miniflux", "-run-cleanup-tasks"],
    environment: {
      CREATE_ADMIN: "1",
      ADMIN_USERNAME: { admin: "username" },
      ADMIN_PASSWORD: { admin: "password" },
    },
  },
  routes: [{ domain: "app", service: "reader" }],
  monitoring: { domain: "grafana" },
};
