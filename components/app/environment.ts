import { posix } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Environment, EnvironmentValue, SizeSpec } from "../../apps/spec";
import { postgresUrl, redisUrl } from "../../lib/connectionUrl";
import type { Credentials, Database } from "../data/database";
import type { ObjectStore } from "../data/objectStore";
import type { Redis } from "../data/redis";
import type { Secrets } from "../data/secrets";

/** What the values of an environment can refer to. */
export interface EnvironmentSources {
  readonly database: Database;
  /** The role that the process connects as. */
  readonly role: Credentials;
  /** Undefined: the system has none. */
  readonly redis?: Redis | undefined;
  /** Undefined: the system has none. */
  readonly objectStore?: ObjectStore | undefined;
  readonly secrets: Secrets;
  /** Those that are set, by their names. */
  readonly settings: Readonly<Record<string, string>>;
  /** Public origins by the short name of the domain. */
  readonly origins: Readonly<Record<string, string>>;
  /** Where traces go, `host:port`; undefined when nothing takes them. */
  readonly traces: string | undefined;
  /** Undefined: the stack sets none. */
  readonly admin?: { readonly username: string; readonly email?: string | undefined } | undefined;
  /** Of the process; undefined when its spec has no sizes. */
  readonly size: SizeSpec | undefined;
  /** Of the image that the process runs in. */
  readonly release: string;
  /** Folder of the files that variables name. */
  readonly folder: string;
}

export interface ResolvedEnvironment {
  readonly environment: Readonly<Record<string, pulumi.Output<string>>>;
  /** Content by path, of the variables that name a file. */
  readonly files: Readonly<Record<string, pulumi.Output<string>>>;
}

/** The variables with their values. One that refers to something optional that the stack doesn't set is left out. */
export function resolveEnvironment(
  environment: Environment,
  sources: EnvironmentSources,
): ResolvedEnvironment {
  const variables: Record<string, pulumi.Output<string>> = {};
  const files: Record<string, pulumi.Output<string>> = {};
  for (const [variable, value] of Object.entries(environment)) {
    const inFile = typeof value === "object" && "file" in value;
    const known = resolveValue(inFile ? value.file : value, sources);
    if (known === undefined) continue;
    const text = pulumi.output(known).apply(String);
    if (!inFile) {
      variables[variable] = text;
      continue;
    }
    const path = posix.join(sources.folder, variable);
    variables[variable] = pulumi.output(path);
    files[path] = text;
  }
  return { environment: variables, files };
}

type Resolved = pulumi.Input<string | number> | undefined;

function resolveValue(value: EnvironmentValue, sources: EnvironmentSources): Resolved {
  if (typeof value === "string") return value;
  if ("database" in value) return databaseValue(value.database, sources);
  if ("redis" in value) return redisValue(value.redis, sources);
  if ("objectStore" in value) return existing(sources.objectStore, "objectStore")[value.objectStore];
  if ("secret" in value) return sources.secrets.find(value.secret);
  if ("setting" in value) return sources.settings[value.setting];
  if ("origin" in value) return originOf(value.origin, sources);
  if ("telemetry" in value) return sources.traces;
  if ("size" in value) return existing(sources.size, "sizing")[value.size];
  if ("image" in value) return sources.release;
  if ("text" in value) return joined(value.text, sources);
  if ("file" in value) throw new RangeError("a file is the whole of a variable's value, not a part of it");
  if (sources.admin === undefined) return undefined;
  return value.admin === "password"
    ? sources.secrets.get("bootstrapAdminPassword")
    : sources.admin[value.admin];
}

/** @throws {RangeError} when the spec refers to what it doesn't have. */
function existing<Part>(part: Part | undefined, name: string): Part {
  if (part === undefined)
    throw new RangeError(`an environment refers to ${name}, which the spec doesn't have`);
  return part;
}

function originOf(domain: string, { origins }: EnvironmentSources): string {
  const known = origins[domain];
  if (known !== undefined) return known;
  throw new RangeError(
    `origin of domain "${domain}" is not one of ${Object.keys(origins).sort().join(", ")}`,
  );
}

type FieldOf<Name extends string> = Extract<EnvironmentValue, { readonly [Key in Name]: unknown }>[Name];

function databaseValue(field: FieldOf<"database">, { database, role }: EnvironmentSources): Resolved {
  switch (field) {
    case "user":
    case "password":
      return role[field];
    case "url": {
      const { host, port, name, sslmode } = database;
      return pulumi.output({ host, port, name, sslmode, ...role }).apply((known) => postgresUrl(known));
    }
    default:
      return database[field];
  }
}

function redisValue(field: FieldOf<"redis">, sources: EnvironmentSources): Resolved {
  const { host, port, password } = existing(sources.redis, "redis");
  return field === "url"
    ? pulumi.output({ host, port, password }).apply((known) => redisUrl(known))
    : { host, port, password }[field];
}

function joined(parts: readonly EnvironmentValue[], sources: EnvironmentSources): Resolved {
  const known: pulumi.Input<string | number>[] = [];
  for (const part of parts) {
    const resolved = resolveValue(part, sources);
    if (resolved === undefined) return undefined;
    known.push(resolved);
  }
  return pulumi.all(known).apply((texts) => texts.join(""));
}
