import { z } from "zod";
import type { AppSpec, SecretSpec } from "../apps/spec";
import { statusPort } from "./caddyfile";
import { directoryUrl, emailAddress, hostName } from "./forms";
import { isPinned, isRegistry, pinForm, registryForm } from "./image";
import { postgresPinForm, tellsMajorVersion } from "./postgresVersion";
import { drains, proxyPinForm } from "./proxyVersion";
import { secretSpecs } from "./secretSpecs";

const databaseName = /^[a-z_][a-z0-9_]{0,62}$/;
const adminName = /^[A-Za-z0-9][A-Za-z0-9_.-]{1,63}$/;

/**
 * What a stack may set, for one system: the names of its images, services, domains and secrets are part of it. Every
 * object is strict, so that a misspelt key is an error and not a setting that silently does nothing.
 */
export function stackSchema(app: AppSpec) {
  const services = Object.keys(app.services);
  const images = Object.keys(app.images);
  const stack = z.strictObject({
    app: z.literal(app.name),
    host: z.enum(["local"], allowed("local")).default("local"),
    domains: section(mapKeys(Object.keys(app.domains), () => domain)).refine(
      (domains) => new Set(Object.values(domains)).size === Object.keys(domains).length,
      allowed("a different host name for each domain"),
    ),
    images: section(mapKeys(images, (name) => pinOf(app, name))),
    registries: section(mapKeys(images, () => registry.optional())),
    imageMirror: registry.optional(),
    replicas: section(mapKeys(services, () => whole(1, 50).optional())),
    resources: section(mapKeys([...services, "postgres", "redis", "proxy"], () => resources.optional())),
    secrets: section(mapValues(secretSpecs(app), secret)),
    postgres: externalPostgres.optional(),
    tls: tls.prefault({}),
    ports: section({ http: port.default(80), https: port.default(443) }).refine(
      ({ http, https }) => http !== https,
      allowed("two different ports"),
    ),
    bootstrapAdmin:
      app.bootstrapAdmin === undefined
        ? z.undefined(allowed(`left out: ${app.name} has no job that creates an administrator`)).optional()
        : bootstrapAdmin.optional(),
    timeouts: section({
      /** Seconds until a new container must be ready. Kamal allows 30, docker-rollout 60. */
      ready: whole(1, 3600).default(120),
      /** Seconds for requests to end on the old containers. Kamal's default too. */
      drain: whole(0, 3600).default(30),
      /** Seconds for a migration. */
      migration: whole(1, 86400).default(600),
    }),
  });
  return stack.refine(
    ({ postgres, secrets }) => postgres === undefined || secrets?.databaseAppPassword !== undefined,
    {
      path: ["secrets", "databaseAppPassword"],
      error: () => "the password of the role postgres.user, which can't be generated here",
      // Told together with all other problems, not after them.
      when: () => true,
    },
  );
}

/** A stack's settings with all defaults filled in. */
export type StackSettings = z.output<ReturnType<typeof stackSchema>>;

/** A server that somebody else runs. Its database and role must exist; neither is changed. */
export type ExternalPostgresSettings = NonNullable<StackSettings["postgres"]>;

export type TlsSettings = StackSettings["tls"];

const registry = z.string(allowed(registryForm)).refine(isRegistry, allowed(registryForm));

const domain = text(hostName, "a host name in lower case, such as app.example.com");

const port = whole(1, 65535).refine(
  (chosen) => chosen !== statusPort,
  allowed(`a port other than ${statusPort}, which the proxy has for itself`),
);

const cores = allowed("a number of cores from 0.05 to 256");

const resources = group({
  /** MiB. */
  memory: whole(16, 1024 * 1024).optional(),
  cpus: number(cores).pipe(z.number(cores).min(0.05, cores).max(256, cores)).optional(),
});

const bootstrapAdmin = group({
  username: text(adminName, "2 to 64 letters, digits, dots, hyphens or underscores"),
  email: text(emailAddress, "an e-mail address").optional(),
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
  email: text(emailAddress, "an e-mail address").optional(),
  /** Directory URL of the certificate authority, for its staging environment or one of your own. */
  authority: text(directoryUrl, "an https URL of an ACME directory").optional(),
}).refine(({ mode, email }) => mode !== "acme" || email !== undefined, {
  path: ["email"],
  error: () => "an e-mail address, which the certificate authority asks for when tls.mode is acme",
});

const pin = z.string(allowed(pinForm)).refine(isPinned, { ...allowed(pinForm), abort: true });

const proxyPin = pin.refine(drains, allowed(proxyPinForm));

const postgresPin = pin.refine(tellsMajorVersion, allowed(postgresPinForm));

function pinOf(app: AppSpec, image: string) {
  const special = { [app.proxy.image]: proxyPin, [app.postgres.image]: postgresPin };
  const schema = special[image] ?? pin;
  const fallback = app.images[image]?.default;
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

function whole(least: number, most: number) {
  const form = allowed(`a whole number from ${least} to ${most}`);
  return number(form).pipe(z.number(form).int(form).min(least, form).max(most, form));
}

/** Pulumi keeps whole numbers that are set with `--path` as numbers, others as text; both are taken. */
function number(form: ReturnType<typeof allowed>) {
  const digits = z.string().regex(/^[0-9]{1,12}(?:\.[0-9]{1,6})?$/);
  return z.union([z.number(), digits.transform(Number)], form);
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
