import type { AppSpec, EnvironmentValue, ProcessSpec, ServiceJobSpec } from "../../apps/spec";
import { plainValues, processes } from "../specUses";

const ordinaryUser = /^[1-9][0-9]*:[1-9][0-9]*$/;
const folder = /^(?:\/[A-Za-z0-9._-]+)+$/;
const capability = /^CAP_[A-Z_]+$/;
const secretive = /password|secret|token|key$/i;
/** Durations, sizes, switches: nothing that anybody would keep to themselves. */
const harmless = /^(?:[0-9]{1,6}[a-z]{0,2}|true|false)$/i;

/** What runs with rights that it must not have, or refers to data that it can't reach. */
export function processProblems(app: AppSpec): string[] {
  return processes(app).flatMap(([key, spec]) => [
    ...("image" in spec ? rightsProblems(key, spec) : []),
    ...environmentProblems(key, spec, app),
  ]);
}

function rightsProblems(key: string, spec: ProcessSpec): string[] {
  const { user, volumes = {}, temporary = {}, copies = [], capabilities = {} } = spec;
  const folders = { volumes: Object.keys(volumes), temporary: Object.keys(temporary), copies };
  return [
    ...(ordinaryUser.test(user)
      ? []
      : [
          `${key}.user is "${user}": it must be the numbers of a user and a group that aren't root, such as 1000:1000`,
        ]),
    ...Object.entries(folders).flatMap(([group, paths]) =>
      paths
        .filter((path) => !folder.test(path))
        .map((path) => `${key}.${group} has "${path}": it must be an absolute path, such as /data`),
    ),
    ...folders.temporary
      .filter((path) => Object.hasOwn(volumes, path))
      .map((path) => `${key}.temporary has "${path}", where a volume is mounted`),
    ...copies
      .filter((path) => Object.hasOwn(volumes, path) || Object.hasOwn(temporary, path))
      .map((path) => `${key}.copies has "${path}", which is in volumes or temporary too: choose one`),
    ...Object.entries(capabilities)
      .filter(([name, reason]) => !capability.test(name) || reason.trim() === "")
      .map(
        ([name]) =>
          `${key}.capabilities.${name} must be a name such as CAP_NET_BIND_SERVICE, with the reason`,
      ),
  ];
}

function environmentProblems(key: string, spec: ServiceJobSpec | ProcessSpec, app: AppSpec): string[] {
  // A job that runs as a service does has its place on the networks and its size.
  const runsAs = "image" in spec ? spec : app.services[spec.service];
  const sized = runsAs !== undefined && "sizing" in runsAs && runsAs.sizing !== undefined;
  return Object.entries(spec.environment ?? {}).flatMap(([variable, value]) => {
    const place = `${key}.environment.${variable}`;
    const plain = plainValues(value).flatMap((one) => (typeof one === "string" ? [] : [one]));
    const needs = (name: string) => plain.some((one) => name in one);
    const stored = ["database", "redis", "objectStore"].find(needs);
    return [
      ...(isPlainSecret(variable, value)
        ? [`${place} has a secret in plain text: make it one of secrets, and refer to it`]
        : []),
      ...(stored !== undefined && runsAs?.usesData === false
        ? [`${place} refers to ${stored}, which it can't reach: set usesData to true`]
        : []),
      ...(["redis", "objectStore"] as const)
        .filter((name) => needs(name) && app[name] === undefined)
        .map((name) => `${place} refers to ${name}, which the system doesn't have`),
      ...(needs("size") && !sized ? [`${place} refers to a size, and ${key} has no sizing`] : []),
    ];
  });
}

function isPlainSecret(variable: string, value: EnvironmentValue): boolean {
  if (!secretive.test(variable)) return false;
  const values = plainValues(value);
  return values.every((one) => typeof one === "string") && !harmless.test(values.join(""));
}
