import { expect, it } from "vitest";
import type { AppSpec } from "../../../../apps/spec";
import { diagram } from "../../../../lib/diagram/diagram";
import { mapValues } from "../../../../lib/records";
import { shop } from "../../fixtures";
import { api, everything, page } from "./everything";

const statements = (app: AppSpec) =>
  diagram(app)
    .split("\n")
    .map((line) => line.trim());
const drawn = statements(everything);

/** The statements within a frame. */
function within(id: string, app = everything): readonly string[] {
  const all = statements(app);
  const begin = all.findIndex((line) => line.startsWith(`subgraph ${id}[`));
  return begin === -1 ? [] : all.slice(begin + 1, all.indexOf("end", begin));
}

it("has the services on their networks, with what they may use", () => {
  expect(within("network_edge")).toEqual([
    'service_api["api × 2<br/>port 3000<br/>512 MiB, 1 core"]',
    'service_page["page<br/>port 8080<br/>64 MiB, 0.25 cores"]',
    'service_worker["worker<br/>no port<br/>size small of small, large<br/>5 workers<br/>950 MiB, 1.25 cores"]',
  ]);
});

it("has a service that may reach some hosts beside its gateway, and the hosts outside", () => {
  expect(within("network_payments")).toEqual([
    'service_payments["payments<br/>port 8080<br/>64 MiB, 0.25 cores<br/>optional"]:::optional',
    'gateway_payments["egress-payments<br/>Squid"]:::optional',
  ]);
  expect(drawn).toEqual(
    expect.arrayContaining([
      'service_payments -->|"HTTPS_PROXY"| gateway_payments',
      'gateway_payments -->|"443"| host_api_2e_stripe_2e_com',
      'host_api_2e_stripe_2e_com(("api.stripe.com"))',
    ]),
  );
});

it("has what keeps data, and the jobs that change it", () => {
  expect(within("network_data")).toEqual([
    'postgres[("Postgres<br/>database shop<br/>extensions pg_trgm<br/>schemas audit<br/>roles authenticator, web_anon")]',
    'redis[("Redis<br/>allkeys-lru<br/>256 MiB")]',
    'objectStore[("object store<br/>buckets exports, uploads")]',
    'job_bootstrapAdmin["first administrator<br/>as api"]:::optional',
    'job_migration["migration<br/>as api"]',
  ]);
  const { redis: _, bootstrapAdmin: __, ...less } = shop;
  expect(within("network_data", less)).toEqual([
    'postgres[("Postgres<br/>database shop<br/>extensions pg_trgm")]',
    'job_migration["migration<br/>as api"]',
  ]);
});

it("leads requests to the services, in the order in which routes match, with their limits", () => {
  expect(drawn.filter((line) => line.startsWith("proxy -->"))).toEqual([
    'proxy -->|"web /pay, 100 requests in 60 s, 1 MB"| service_payments',
    'proxy -->|"web /api/*, only from admin and web, within 30 s<br/>admin"| service_api',
    'proxy -->|"web"| service_page',
    'proxy -->|"monitoring<br/>with a login"| grafana',
    'proxy -->|"status<br/>with a login"| uptimeKuma',
  ]);
  expect(drawn).toContain('internet -->|"admin<br/>monitoring<br/>web"| proxy');
});

it("says who uses what", () => {
  expect(drawn.filter((line) => /^service_(?!payments)\w+ -/.test(line))).toEqual([
    'service_api -->|"as authenticator"| postgres',
    "service_api --> redis",
    "service_api --> objectStore",
    'service_api -->|"/srv/cache"| volume_cache',
    'service_api -->|"/srv/uploads"| volume_uploads',
    'service_api -->|"traces<br/>metrics of /metrics"| telemetry',
    'service_api -.->|"before"| service_page',
  ]);
  // By an address that is in a file.
  expect(drawn).toContain("service_payments --> postgres");
});

it("says what the backups have, and how many are kept", () => {
  expect(drawn.filter((line) => line.endsWith("--> backups"))).toEqual([
    "postgres --> backups",
    "objectStore --> backups",
    "volume_uploads --> backups",
  ]);
  expect(drawn).toContain(
    'backups["backups<br/>every night, before each migration<br/>keeps 30 daily<br/>keeps 7 restore points"]',
  );
});

const [first, ...others] = everything.routes;
if (first === undefined) throw new Error("there is no route");
const withApi = (change: Partial<typeof api>) => ({
  services: { ...everything.services, api: { ...everything.services.api, ...api, ...change } },
});
const changes: Readonly<Record<string, Partial<AppSpec>>> = {
  name: { name: "market" },
  domain: { domains: { ...everything.domains, more: "another" } },
  "route's path": { routes: [{ ...first, paths: ["/payments"] }, ...others] },
  "route's service": { routes: [{ ...first, service: "page" }, ...others] },
  "rate limit": { routes: [{ ...first, rateLimit: { requests: 10, window: 60 } }, ...others] },
  "body limit": { routes: [{ ...first, bodyLimit: 2 }, ...others] },
  "order of routes": { routes: [...others, first] },
  service: { services: { ...everything.services, another: page } },
  port: withApi({ port: 3001 }),
  replicas: withApi({ replicas: 3 }),
  memory: withApi({ resources: { memory: 513, cpus: 1 } }),
  metrics: withApi({ metrics: "/stats" }),
  "optional service": withApi({ optional: true }),
  "host that may be reached": withApi({ egress: ["api.example.com"] }),
  "role of a service": withApi({ databaseRole: "web_anon" }),
  volume: { volumes: { ...everything.volumes, more: { description: "more", backedUp: false } } },
  "what is backed up": {
    volumes: mapValues(everything.volumes ?? {}, (volume) => ({ ...volume, backedUp: true })),
  },
  extension: { postgres: { ...everything.postgres, extensions: ["postgis"] } },
  role: { postgres: { ...everything.postgres, roles: {} } },
  eviction: { redis: { image: "redis", eviction: "noeviction", resources: shop.proxy.resources } },
  bucket: { objectStore: { image: "store", buckets: ["uploads"], resources: shop.proxy.resources } },
  "migration's image": {
    migration: { image: "page", user: "1:1", usesData: true, resources: shop.proxy.resources },
  },
  "how many backups are kept": { defaults: { keep: { daily: 31, restorePoints: 7 } } },
  "domain of the status page": { monitoring: { domain: "monitoring", statusDomain: "health" } },
};

it.each(Object.entries(changes))("changes with: %s", (_, change) => {
  expect(diagram({ ...everything, ...change })).not.toBe(diagram(everything));
});

it("is the same for the same spec in another order", () => {
  expect(diagram(backwards(everything))).toBe(diagram(everything));
});

/** With the keys of each record the other way round; lists as they are, and tiers, whose order says which is larger. */
function backwards<Value>(value: Value): Value;
function backwards(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, key === "tiers" ? inner : backwards(inner)]),
  );
}
