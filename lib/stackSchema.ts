import { z } from "zod";
import type { AppSpec, SecretSpec } from "../apps/spec";
import { isPinned, isRegistry, pinForm, registryForm } from "./image";
import { drains, proxyPinForm } from "./proxyVersion";
import { secretSpecs } from "./secretSpecs";

const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const hostName = new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*$`);
const email = /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/;
const databaseName = /^[a-z_][a-z0-9_]{0,62}$/;
const adminName = /^[A-Za-z0-9][A-Za-z0-9_.-]{1,63}$/;

/**
 * What a stack may set, for one system: the names of its images, services, domains and secrets are part of it. Every
 * object is strict, so that a misspelt key is an error and not a setting that silently does nothing.
 */
export function stackSchema(app: AppSpec) {
  const services = Object.keys(app.services);
  const images = Object.keys(app.images);
  return z.strictObject({
    app: z.literal(app.name),
    host: z.enum(["local"], allowed("local")).default("local"),
    domains: section(mapKeys(Object.keys(app.domains), () => domain)),
    images: section(
      mapKeys(images, (name) =>
        withDefault(app.images[name]?.default, name === app.proxy.image ? proxyPin : pin),
      ),
    ),
    registries: section(mapKeys(images, () => registry.optional())),
    imageMirror: registry.optional(),
    replicas: section(mapKeys(services, () => whole(1, 50).optional())),
    resources: section(mapKeys([...services, "postgres", "redis", "proxy"], () => resources.optional())),
    secrets: section(mapValues(secretSpecs(app), secret)),
    postgres: externalPostgres.optional(),
    tls: tls.prefault({}),
    ports: section({ http: whole(1, 65535).default(80), https: whole(1, 65535).default(443) }).refine(
      ({ http, https }) => http !== https,
      allowed("two different ports"),
    ),
    bootstrapAdmin: bootstrapAdmin.optional(),
    timeouts: section({
      /** Seconds until a new container must be ready. Kamal allows 30, docker-rollout 60. */
      ready: whole(1, 3600).default(120),
      /** Seconds for requests to end on the old containers. Kamal's default too. */
      drain: whole(0, 3600).default(30),
      /** Seconds for a migration. */
      migration: whole(1, 86400).default(600),
    }),
  });
}

/** A stack's settings with all defaults filled in. */
export type StackSettings = z.output<ReturnType<typeof stackSchema>>;

/** A server that somebody else runs. Its database and role must exist; neither is changed. */
export type ExternalPostgresSettings = NonNullable<StackSettings["postgres"]>;

export type TlsSettings = StackSettings["tls"];

const registry = z.string(allowed(registryForm)).refine(isRegistry, allowed(registryForm));

const domain = text(hostName, "a host name in lower case, such as app.example.com");

const cores = allowed("a number of cores from 0.05 to 256");

const resources = group({
  /** MiB. */
  memory: whole(16, 1024 * 1024).optional(),
  cpus: z.number(cores).min(0.05, cores).max(256, cores).optional(),
});

const bootstrapAdmin = group({
  username: text(adminName, "2 to 64 letters, digits, dots, hyphens or underscores"),
  email: text(email, "an e-mail address").optional(),
});

const externalPostgres = group({
  host: text(hostName, "the host name or address of the server"),
  port: whole(1, 65535).default(5432),
  database: text(databaseName, "the name of an existing database: lower case letters, digits, underscores"),
  user: text(databaseName, "the name of an existing role: lower case letters, digits, underscores"),
  sslmode: z
    .enum(
      ["disable", "require", "verify-ca", "verify-full"],
      allowed("disable, require, verify-ca or verify-full"),
    )
    .default("require"),
});

const tls = group({
  mode: z.enum(["acme", "internal", "off"], allowed("acme, internal or off")).default("acme"),
  email: text(email, "an e-mail address").optional(),
  /** Directory URL of the certificate authority, for its staging environment or one of your own. */
  authority: z.url({ protocol: /^https$/, error: () => "an https URL of an ACME directory" }).optional(),
}).refine(({ mode, email }) => mode !== "acme" || email !== undefined, {
  path: ["email"],
  error: () => "an e-mail address, which the certificate authority asks for when tls.mode is acme",
});

const pin = z.string(allowed(pinForm)).refine(isPinned, allowed(pinForm));

const proxyPin = pin.refine(drains, allowed(proxyPinForm));

function withDefault(fallback: string | undefined, schema: typeof pin) {
  return fallback === undefined ? schema : schema.default(fallback);
}

function secret(spec: SecretSpec) {
  const form = {
    password: text(/^[\x21-\x7e]{8,512}$/, "8 to 512 printable characters without spaces"),
    "base64-32": text(/^[A-Za-z0-9+/]{43}=$/, "32 bytes in base64, as `openssl rand -base64 32` prints"),
  }[spec.form];
  return spec.origin === "required" ? form : form.optional();
}

function text(pattern: RegExp, form: string) {
  return z.string(allowed(form)).regex(pattern, allowed(form));
}

/** Pulumi keeps `--path` numbers as numbers and plain ones as text, so both are taken. */
function whole(least: number, most: number) {
  const form = allowed(`a whole number from ${least} to ${most}`);
  return z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^[0-9]{1,15}$/)
          .transform(Number),
      ],
      form,
    )
    .pipe(z.number(form).int(form).min(least, form).max(most, form));
}

function group<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, allowed("a group of keys with values"));
}

/** A group that may be left out: its keys then have their defaults, and those without one are missing. */
function section<Shape extends z.ZodRawShape>(shape: Shape) {
  return group(shape).prefault({} as z.input<ReturnType<typeof group<Shape>>>);
}

function mapKeys<Value>(keys: readonly string[], value: (key: string) => Value): Record<string, Value> {
  return Object.fromEntries(keys.map((key) => [key, value(key)]));
}

function mapValues<From, To>(
  object: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}

/** In this schema a message says what is allowed; `configurationErrors` puts key and value before it. */
function allowed(form: string) {
  return { error: () => form };
}
