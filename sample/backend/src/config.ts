import { readFileSync } from "node:fs";
import { z } from "zod";
import { misbehaviourPattern, misbehaviourRule } from "./misbehaviours.js";

/** An environment the program can't run with; the message lists every problem, without any secret. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`The environment doesn't fit:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  }
}

const required = z.string();

const whole = (min: number, max: number) =>
  z
    .string()
    .refine(
      (value) => /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max,
      `must be a whole number from ${min} to ${max}`,
    )
    .transform(Number);

const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, { error: `must be one of ${words.join(", ")}` });

const base64Key = z
  .string()
  .refine(
    (value) => /^[A-Za-z0-9+/]+={0,2}$/.test(value) && Buffer.from(value, "base64").length === 32,
    "must be the base64 form of exactly 32 bytes (openssl rand -base64 32)",
  );

const origins = z
  .string()
  .transform((list) => list.split(",").map((origin) => origin.trim()))
  .refine(
    (list) => list.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
    "must be origins like https://clubhouse.example.com, separated by commas",
  );

/** As the exporters of gRPC take it: no path, and no TLS inside the stack's own network. */
const hostAndPort = z
  .string()
  .regex(/^(http:\/\/)?[\w.-]+:\d{1,5}\/?$/, "must be host:port or http://host:port");

const httpUrl = z.url({ protocol: /^https?$/, error: "must be a URL like http://loki:3100/otlp/v1/logs" });

/** What every program of this image reads. */
const program = {
  /** Baked into the image at build time. */
  APP_VERSION: z.string().default("dev"),
  /** What this image does wrong on purpose, so that a bad release can be tried; see README.md. */
  MISBEHAVE: z.string().regex(misbehaviourPattern, misbehaviourRule).optional(),
};

const sslmode = oneOf(["disable", "require", "verify-full"]).default("disable");

/** Where the database is and who connects: a role without DDL. */
const postgres = {
  POSTGRES_HOST: required,
  POSTGRES_PORT: whole(1, 65535).default(5432),
  POSTGRES_USER: required,
  POSTGRES_PASSWORD: required,
  POSTGRES_DB: required,
  POSTGRES_SSLMODE: sslmode,
};

export const serverConfig = {
  ...program,
  ...postgres,
  HTTP_PORT: whole(1, 65535).default(8080),
  ENVIRONMENT: z.string().default("production"),
  LOG_LEVEL: oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  /** Connections to the database per replica; replicas × this must stay below max_connections. */
  POSTGRES_POOL_SIZE: whole(1, 100).default(10),
  REDIS_HOST: required,
  REDIS_PORT: whole(1, 65535).default(6379),
  REDIS_PASSWORD: required,
  /** The pages that may open a WebSocket here. */
  WS_ORIGIN_ALLOWLIST: origins,
  /** Encrypts the second factor of admins. Without it there is none. */
  CLUBHOUSE_TOTP_ENCRYPTION_KEY: base64Key.optional(),
  // Taken away once the admin exists.
  CLUBHOUSE_BOOTSTRAP_ADMIN_USERNAME: z.string().max(64, "must have at most 64 characters").optional(),
  CLUBHOUSE_BOOTSTRAP_ADMIN_PASSWORD: z.string().min(8, "must have at least 8 characters").optional(),
  CLUBHOUSE_BOOTSTRAP_ADMIN_EMAIL: z.email("must be an e-mail address").optional(),
  /** Where traces go, by OTLP over gRPC. Without it there are none. */
  OTEL_EXPORTER_OTLP_ENDPOINT: hostAndPort.optional(),
  /** Where the log goes besides stdout, by OTLP over HTTP. */
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: httpUrl.optional(),
  OTEL_SERVICE_NAME: z.string().default("backend"),
  /** By default APP_VERSION. */
  OTEL_SERVICE_VERSION: z.string().optional(),
};

/** The same of the role that owns the tables, by the names that libpq's programs know, and golang-migrate. */
export const migrateConfig = {
  ...program,
  PGHOST: required,
  PGPORT: whole(1, 65535).default(5432),
  PGUSER: required,
  PGPASSWORD: required,
  PGDATABASE: required,
  PGSSLMODE: sslmode,
};

type Config<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;
export type ServerConfig = Config<typeof serverConfig>;
export type MigrateConfig = Config<typeof migrateConfig>;
export type PostgresConfig = Config<typeof postgres>;
export type RedisConfig = Pick<ServerConfig, "REDIS_HOST" | "REDIS_PORT" | "REDIS_PASSWORD">;

/**
 * Reads the variables of `shape`. Each may come from a file instead: `POSTGRES_PASSWORD_FILE=/run/secrets/postgres`.
 * An empty value counts as none. Throws a {@link ConfigError} with all problems at once.
 */
export function readConfig<const Shape extends z.ZodRawShape>(
  shape: Shape,
  environment = process.env,
): Config<Shape> {
  const problems = new Map<string, string>();
  const values: Record<string, string> = {};
  for (const name of Object.keys(shape)) {
    try {
      const value = readVariable(name, environment);
      if (value !== undefined) values[name] = value;
    } catch (error) {
      problems.set(name, error instanceof Error ? error.message : String(error));
    }
  }
  const result = z.object(shape).safeParse(values);
  for (const issue of result.error?.issues ?? []) {
    const name = String(issue.path[0]);
    if (!problems.has(name)) problems.set(name, describeIssue(name, values[name], issue.message));
  }
  if (problems.size > 0 || !result.success) throw new ConfigError([...problems.values()]);
  return result.data;
}

function readVariable(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const value = environment[name];
  const file = environment[`${name}_FILE`];
  if (!file) return value || undefined;
  if (value) throw new Error(`${name} and ${name}_FILE are both set; take one away`);
  try {
    return readFileSync(file, "utf8").trim() || undefined;
  } catch (error) {
    throw new Error(`${name}_FILE can't be read: ${error instanceof Error ? error.message : error}`);
  }
}

function describeIssue(name: string, value: string | undefined, message: string): string {
  if (value === undefined) return `${name} is required`;
  return /PASSWORD|KEY/.test(name) ? `${name} ${message}` : `${name} ${message}; it is "${value}"`;
}
