import type { AppSpec, ServiceSpec } from "../../apps/spec";
import { gatewayName } from "../egress";
import { hostName } from "../forms";
import { partHost, possibleParts } from "../observability/parts";
import { jobsOf } from "../specUses";
import { circles } from "./circles";

const serviceName = /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/;
const path = /^\/[A-Za-z0-9/_.~-]*$/;

/** What runs beside the services under a name of its own. */
const partsBeside = [
  ...["postgres", "redis", "object-store", "proxy", "backup", "drill"],
  ...["migration", "bootstrap-admin"],
];

/** Services whose keys don't go together, among each other or with what runs beside them. */
export function serviceProblems(app: AppSpec): string[] {
  const { services } = app;
  const after = Object.fromEntries(Object.entries(services).map(([name, { after = [] }]) => [name, after]));
  return [
    ...nameProblems(app),
    ...Object.entries(services).flatMap(([name, service]) => [
      ...portProblems(`services.${name}`, service),
      ...sizingProblems(`services.${name}`, service),
      ...(service.egress ?? [])
        .filter((host) => !hostName.test(host.replace(/^\./, "")))
        .map(
          (host) => `services.${name}.egress has "${host}": it must be a host name, such as api.example.com`,
        ),
    ]),
    ...circles(after).map(
      (circle) => `services.${circle[0]}.after is circular: ${circle.join(" waits for ")}`,
    ),
    ...Object.entries(jobsOf(app)).flatMap(([job, spec]) =>
      "service" in spec && services[spec.service]?.optional === true
        ? [`${job}.service is ${spec.service}, which a stack may switch off: it can't be optional`]
        : [],
    ),
  ];
}

function nameProblems(app: AppSpec): string[] {
  const parts = possibleParts(app);
  const gateways = Object.keys(app.services).map(gatewayName);
  const taken = new Set([...partsBeside, ...parts, ...parts.map(partHost), ...gateways]);
  return Object.keys(app.services).flatMap((name) => {
    if (taken.has(name))
      return [`services.${name} has the name of a part that may run beside it: choose another`];
    return serviceName.test(name)
      ? []
      : [
          `services.${name} is no name of a host: lower case letters, digits and hyphens, beginning with a letter`,
        ];
  });
}

function portProblems(key: string, { port, metrics, health }: ServiceSpec): string[] {
  const { path: healthPath, startup } = health;
  const paths = { metrics, "health.path": healthPath, "health.startup.path": startup?.path };
  return Object.entries(paths).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [
      ...(port === undefined
        ? [`${key}.${name} needs ${key}.port: a service without one serves no requests`]
        : []),
      ...(path.test(value) ? [] : [`${key}.${name} is "${value}": it must be a path, such as /health`]),
    ];
  });
}

function sizingProblems(key: string, { sizing }: ServiceSpec): string[] {
  if (sizing === undefined || Object.hasOwn(sizing.tiers, sizing.default)) return [];
  return [
    `${key}.sizing.default is "${sizing.default}": it must be one of ${Object.keys(sizing.tiers).join(", ")}`,
  ];
}
