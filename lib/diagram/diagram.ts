import type { AppSpec, Resources, RouteSpec, ServiceSpec } from "../../apps/spec";
import { extensionNames } from "../databaseExtensions";
import { gatewayName } from "../egress";
import { jobsOf, plainValues } from "../specUses";
import { arrow, flowchart, frame, idOf, node, type Statements } from "./flowchart";

/**
 * A picture of a system: what its spec says of what runs, who reaches what and by which way. A flowchart of Mermaid's,
 * the same for the same spec whatever the order of its keys, but for sizes, which are listed as they are.
 */
export function diagram(app: AppSpec): string {
  const { monitoring } = app;
  return flowchart([
    node("internet", ["internet"], { shape: "outside" }),
    ...frame("engine", `${app.name}: one Docker engine`, [
      node("proxy", ["Caddy"]),
      ...servicesOf(app),
      ...frame("network_data", "network data, no way out", dataOf(app)),
      ...volumesOf(app),
      node("backups", ["backups", "every night, before each migration", ...keptOf(app)]),
      ...frame("network_observability", "network observability", [
        node("grafana", ["Grafana"]),
        ...(monitoring.statusDomain === undefined ? [] : [node("uptimeKuma", ["Uptime Kuma"])]),
        node("telemetry", ["Prometheus", "Loki", "Tempo"], { shape: "store" }),
        node("observers", ["collector, exporters", "probes, guardian"]),
        node("alertmanager", ["Alertmanager"]),
      ]),
    ]),
    node("repositories", ["repositories", "here and off the machine"], { shape: "store" }),
    node("people", ["you"], { shape: "outside" }),
    ...hostsOf(app).map((host) => node(idOf("host", host), [host], { shape: "outside" })),
    ...publicArrows(app),
    ...sorted(app.services).flatMap(([name, service]) => serviceArrows(name, service)),
    ...jobArrows(app),
    ...backupArrows(app),
    arrow("grafana", "telemetry"),
    arrow("observers", "telemetry"),
    arrow("telemetry", "alertmanager"),
    arrow("alertmanager", "people"),
  ]);
}

function servicesOf({ services }: AppSpec): Statements {
  const all = sorted(services);
  const draw = ([name, service]: readonly [string, ServiceSpec]) =>
    node(idOf("service", name), aboutService(name, service), { optional: service.optional ?? false });
  return [
    ...frame("network_edge", "network edge", all.filter(([, { egress }]) => egress === undefined).map(draw)),
    ...all
      .filter(([, { egress }]) => egress !== undefined)
      .flatMap(([name, service]) =>
        frame(idOf("network", name), `network ${gatewayName(name)}, no way out`, [
          draw([name, service]),
          node(idOf("gateway", name), [gatewayName(name), "Squid"], { optional: service.optional ?? false }),
        ]),
      ),
  ];
}

function aboutService(name: string, service: ServiceSpec): string[] {
  const { port, sizing } = service;
  const size = sizing?.tiers[sizing.default];
  const replicas = size?.replicas ?? service.replicas ?? 1;
  return [
    replicas === 1 ? name : `${name} × ${replicas}`,
    port === undefined ? "no port" : `port ${port}`,
    ...(sizing === undefined ? [] : [`size ${sizing.default} of ${Object.keys(sizing.tiers).join(", ")}`]),
    ...(size === undefined ? [] : [`${size.workers} workers`]),
    aboutResources(size ?? service.resources),
    ...(service.optional === true ? ["optional"] : []),
  ];
}

function aboutResources({ memory, cpus }: Resources): string {
  return `${memory} MiB, ${cpus} ${cpus === 1 ? "core" : "cores"}`;
}

function dataOf(app: AppSpec): Statements {
  const { postgres, redis, objectStore } = app;
  const list = (title: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${title} ${[...names].sort().join(", ")}`];
  return [
    node(
      "postgres",
      [
        "Postgres",
        `database ${postgres.database}`,
        ...list("extensions", extensionNames(postgres.extensions)),
        ...list("schemas", postgres.schemas ?? []),
        ...list("roles", Object.keys(postgres.roles ?? {})),
      ],
      { shape: "store" },
    ),
    ...(redis === undefined
      ? []
      : [
          node(
            "redis",
            ["Redis", redis.eviction, ...(redis.maxMemory === undefined ? [] : [`${redis.maxMemory} MiB`])],
            { shape: "store" },
          ),
        ]),
    ...(objectStore === undefined
      ? []
      : [node("objectStore", ["object store", ...list("buckets", objectStore.buckets)], { shape: "store" })]),
    ...sorted(jobsOf(app)).map(([name, job]) =>
      node(
        idOf("job", name),
        [jobNames[name] ?? name, "service" in job ? `as ${job.service}` : `image ${job.image}`],
        { optional: name === "bootstrapAdmin" },
      ),
    ),
  ];
}

const jobNames: Readonly<Record<string, string>> = { bootstrapAdmin: "first administrator" };

function volumesOf({ volumes = {} }: AppSpec): Statements {
  return sorted(volumes).map(([name]) => node(idOf("volume", name), [`volume ${name}`], { shape: "store" }));
}

function keptOf({ defaults }: AppSpec): string[] {
  return sorted(defaults?.keep ?? {}).map(([kind, count]) => `keeps ${count} ${keptNames[kind] ?? kind}`);
}

const keptNames: Readonly<Record<string, string>> = { restorePoints: "restore points" };

function hostsOf({ services }: AppSpec): string[] {
  return [...new Set(Object.values(services).flatMap(({ egress = [] }) => egress))].sort();
}

function publicArrows({ domains, routes, monitoring }: AppSpec): Statements {
  const login = monitoring.basicAuth === undefined ? [] : ["with a login"];
  const { domain, statusDomain } = monitoring;
  return [
    arrow("internet", "proxy", Object.keys(domains).sort()),
    ...[...new Set(routes.map(({ service }) => service))].map((service) =>
      arrow(
        "proxy",
        idOf("service", service),
        routes.filter((route) => route.service === service).map(aboutRoute),
      ),
    ),
    arrow("proxy", "grafana", [domain, ...login]),
    ...(statusDomain === undefined ? [] : [arrow("proxy", "uptimeKuma", [statusDomain, ...login])]),
  ];
}

/** As `app /api /api/*, 100 requests in 60 s`. */
function aboutRoute(route: RouteSpec): string {
  const { rateLimit, bodyLimit, allowedOrigins, responseTimeout } = route;
  return [
    [route.domain, ...(route.paths ?? [])].join(" "),
    ...(rateLimit === undefined ? [] : [`${rateLimit.requests} requests in ${rateLimit.window} s`]),
    ...(bodyLimit === undefined ? [] : [`${bodyLimit} MB`]),
    ...(allowedOrigins === undefined ? [] : [`only from ${[...allowedOrigins].sort().join(" and ")}`]),
    ...(responseTimeout === undefined ? [] : [`within ${responseTimeout} s`]),
  ].join(", ");
}

function serviceArrows(name: string, service: ServiceSpec): Statements {
  const from = idOf("service", name);
  const uses = usedBy(service);
  const observed = [
    ...(uses.has("telemetry") ? ["traces"] : []),
    ...(service.metrics === undefined ? [] : [`metrics of ${service.metrics}`]),
  ];
  const role = service.databaseRole === undefined ? [] : [`as ${service.databaseRole}`];
  return [
    ...[...(service.after ?? [])]
      .sort()
      .map((other) => arrow(idOf("service", other), from, ["before"], { dotted: true })),
    ...(uses.has("database") ? [arrow(from, "postgres", role)] : []),
    ...(uses.has("redis") ? [arrow(from, "redis")] : []),
    ...(uses.has("objectStore") ? [arrow(from, "objectStore")] : []),
    ...sorted(service.volumes ?? {}).map(([path, volume]) => arrow(from, idOf("volume", volume), [path])),
    ...(observed.length === 0 ? [] : [arrow(from, "telemetry", observed)]),
    ...(service.egress === undefined ? [] : [arrow(from, idOf("gateway", name), ["HTTPS_PROXY"])]),
    ...[...(service.egress ?? [])]
      .sort()
      .map((host) => arrow(idOf("gateway", name), idOf("host", host), ["443"])),
  ];
}

/** What a service is told the address of. */
function usedBy({ environment = {} }: ServiceSpec): ReadonlySet<string> {
  return new Set(
    Object.values(environment)
      .flatMap(plainValues)
      .flatMap((value) => (typeof value === "string" ? [] : Object.keys(value))),
  );
}

function jobArrows(app: AppSpec): Statements {
  return sorted(jobsOf(app)).map(([name]) =>
    arrow(idOf("job", name), "postgres", [
      name === "migration" ? "before each release" : "while the stack sets one",
    ]),
  );
}

function backupArrows({ volumes = {}, objectStore }: AppSpec): Statements {
  const kept = sorted(volumes).filter(([, { backedUp }]) => backedUp);
  return [
    arrow("postgres", "backups"),
    ...(objectStore === undefined ? [] : [arrow("objectStore", "backups")]),
    ...kept.map(([name]) => arrow(idOf("volume", name), "backups")),
    arrow("backups", "repositories"),
  ];
}

function sorted<Value>(record: Readonly<Record<string, Value>>): [string, Value][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
