import type { AppSpec } from "./spec";

const resources = { memory: 512, cpus: 1 };
// It makes its tables itself, so it has a role of its own, with a schema that this role owns.
const roles = { parse: { secret: "parsePassword", schema: "parse" } };

export const parse: AppSpec = {
  name: "parse",
  domains: { api: "the API", grafana: "Grafana" },
  images: {
    parse: { description: "the API", repository: "parseplatform/parse-server" },
    postgres: { description: "the database", default: "postgres:17.10-bookworm" },
    proxy: { description: "Caddy", default: "caddy:2.11.9" },
  },
  secrets: {
    masterKey: { description: "may do everything", origin: "generate", form: "password" },
    parsePassword: { description: "password of its role", origin: "generate", form: "password" },
  },
  postgres: { image: "postgres", database: "parse", extensions: [], roles, resources },
  proxy: { image: "proxy", resources: { memory: 128, cpus: 1 } },
  volumes: { files: { description: "what people upload", backedUp: true } },
  services: {
    api: {
      image: "parse",
      port: 1337,
      user: "1000:1000",
      usesData: true,
      databaseRole: "parse",
      volumes: { "/parse-server/files": "files" },
      health: { path: "/parse/health", command: ["wget", "-qO-", "http://127.0.0.1:1337/parse/health"] },
      resources,
      environment: {
        PARSE_SERVER_APPLICATION_ID: "notes",
        PARSE_SERVER_MASTER_KEY: { secret: "masterKey" },
        PARSE_SERVER_DATABASE_URI: { database: "url" },
        PARSE_PUBLIC_SERVER_URL: { text: [{ origin: "api" }, "/parse"] },
        PARSE_SERVER_FILES_ADAPTER: '{"module":"@parse/fs-files-adapter"}',
        PARSE_SERVER_LOGS_FOLDER: "/tmp",
      },
    },
  },
  routes: [{ domain: "api", service: "api" }],
  monitoring: { domain: "grafana" },
};
