import type { EnvironmentValue, ServiceSpec } from "../spec";

const host: EnvironmentValue = { database: "host" };
const port: EnvironmentValue = { database: "port" };
const name: EnvironmentValue = { database: "name" };

/** Asks the port that it is managed by, with what its image has. */
const ready =
  "exec 3<>/dev/tcp/127.0.0.1/9000; printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3; " +
  'read -r _ status _ <&3; [ "$status" = 200 ]';

/** Logins, for stacks without a Keycloak elsewhere. Its data are in the system's database, and so in its backups. */
export const keycloak: ServiceSpec = {
  image: "keycloak",
  optional: true,
  port: 8080,
  user: "1000:1000",
  usesData: true,
  databaseRole: "keycloak",
  command: ["start"],
  health: { path: "/realms/master", command: ["bash", "-c", ready] },
  writableRoot: "it builds itself for its database as it starts, in the folder of its programs",
  // 70 % of it is Java's heap.
  resources: { memory: 1280, cpus: 1 },
  environment: {
    KC_DB: "postgres",
    KC_DB_URL: { text: ["jdbc:postgresql://", host, ":", port, "/", name] },
    KC_DB_SCHEMA: "keycloak",
    KC_DB_USERNAME: { database: "user" },
    KC_DB_PASSWORD: { database: "password" },
    KC_DB_POOL_MAX_SIZE: "20",
    KC_HOSTNAME: { origin: "auth" },
    KC_HTTP_ENABLED: "true",
    KC_PROXY_HEADERS: "xforwarded",
    KC_HEALTH_ENABLED: "true",
    KC_CACHE: "local",
    KC_BOOTSTRAP_ADMIN_USERNAME: "admin",
    KC_BOOTSTRAP_ADMIN_PASSWORD: { secret: "keycloakAdminPassword" },
  },
};
