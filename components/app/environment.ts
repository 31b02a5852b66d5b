import * as pulumi from "@pulumi/pulumi";
import type { Environment, EnvironmentValue } from "../../apps/spec";
import type { Credentials, Database } from "../data/database";
import type { Redis } from "../data/redis";
import type { Secrets } from "../data/secrets";

/** What the values of an environment can refer to. */
export interface EnvironmentSources {
  readonly database: Database;
  /** The role that the process connects as. */
  readonly role: Credentials;
  readonly redis: Redis;
  readonly secrets: Secrets;
  /** Public origins by the short name of the domain. */
  readonly origins: Readonly<Record<string, string>>;
  /** Where traces go, `host:port`; undefined when nothing takes them. */
  readonly traces: string | undefined;
  readonly admin?: { readonly username: string; readonly email?: string | undefined } | undefined;
}

/** The variables with their values. One that refers to something optional that the stack doesn't set is left out. */
export function resolveEnvironment(
  environment: Environment,
  sources: EnvironmentSources,
): Record<string, pulumi.Output<string>> {
  const resolved: Record<string, pulumi.Output<string>> = {};
  for (const [variable, value] of Object.entries(environment)) {
    const known = resolveValue(value, sources);
    if (known !== undefined) resolved[variable] = pulumi.output(known).apply(String);
  }
  return resolved;
}

type Resolved = pulumi.Input<string | number> | undefined;

function resolveValue(value: EnvironmentValue, sources: EnvironmentSources): Resolved {
  if (typeof value === "string") return value;
  if ("database" in value) return databaseValue(value.database, sources);
  if ("redis" in value) return sources.redis[value.redis];
  if ("secret" in value) return sources.secrets.find(value.secret);
  if ("origin" in value) return originOf(value.origin, sources);
  if ("telemetry" in value) return sources.traces;
  return value.admin === "password"
    ? sources.secrets.get("bootstrapAdminPassword")
    : sources.admin?.[value.admin];
}

function originOf(domain: string, { origins }: EnvironmentSources): string {
  const known = origins[domain];
  if (known !== undefined) return known;
  throw new RangeError(
    `origin of domain "${domain}" is not one of ${Object.keys(origins).sort().join(", ")}`,
  );
}

function databaseValue(
  field: "host" | "port" | "name" | "user" | "password" | "sslmode",
  { database, role }: EnvironmentSources,
): Resolved {
  return field === "user" || field === "password" ? role[field] : database[field];
}
