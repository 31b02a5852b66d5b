import { z } from "zod";
import type { AppSpec, SecretSpec } from "../apps/spec";
import { backupSettings } from "./backup/settings";
import { metricsPort, statusPort } from "./caddyfile";
import { directoryUrl, emailAddress, hostName } from "./forms";
import {
  awsSettings,
  digitalOceanSettings,
  dnsSettings,
  hostKind,
  machineSettings,
  sshSettings,
} from "./host/settings";
import { imageSpecs } from "./imageSpecs";
import { partDomains } from "./observability/partDomains";
import { possibleParts } from "./observability/parts";
import { observabilitySettings } from "./observability/settings";
import { isSupported, supportedForm } from "./observability/versions";
import { postgresPinForm, tellsMajorVersion } from "./postgresVersion";
import { drains, proxyPinForm } from "./proxyVersion";
import { mapKeys, mapValues } from "./records";
import { allowed, group, pin, pinThat, registry, resources, section, text, whole } from "./schemaForms";
import { secretSpecs } from "./secretSpecs";
import { requirements } from "./stackRequirements";

const secretUrl = /^https?:\/\/[\x21-\x7e]{1,2000}$/;
const databaseName = /^[a-z_][a-z0-9_]{0,62}$/;
const release = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const releaseForm = "a release as the tag of its image has it, such as 1.2.0";
const adminName = /^[A-Za-z0-9][A-Za-z0-9_.-]{1,63}$/;

/**
 * What a stack may set, for one system: the names of its images, services, domains and secrets are part of it. Every
 * object is strict, so that a misspelt key is an error and not a setting that silently does nothing.
 */
export function stackSchema(app: AppSpec) {
  const services = Object.keys(app.services);
  const images = Object.keys(imageSpecs(app));
  const stack = z.strictObject({
    app: z.literal(app.name),
    host: hostKind,
    machine: machineSettings.optional(),
    ssh: sshSettings.optional(),
    digitalocean: digitalOceanSettings,
    aws: awsSettings,
    dns: dnsSettings,
    domains: section(
      mapKeys(Object.keys(app.domains), (name) => (name in partDomains(app) ? domain.optional() : domain)),
    ).refine(
      (domains) => new Set(Object.values(domains)).size === Object.keys(domains).length,
      allowed("a different host name for each domain"),
    ),
    images: section(mapKeys(images, (name) => pinOf(app, name))),
    registries: section(mapKeys(images, () => registry.optional())),
    imageMirror: registry.optional(),
    replicas: section(mapKeys(services, () => whole(1, 50).optional())),
    resources: section(
      mapKeys([...services, "postgres", "redis", "proxy", "backup", "drill", ...possibleParts(app)], () =>
        resources.optional(),
      ),
    ),
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
    observability: observabilitySettings,
    backups: backupSettings,
    migrations: section({
      /**
       * Releases whose migration leaves the schema such that the release before works with it: `npm run rollback` goes back
       * over them with the data as it is.
       */
      backwardCompatible: z
        .array(text(release, releaseForm), allowed("a list of releases, such as [1.2.0, 1.2.1]"))
        .default([]),
    }),
  });
  return requirements(app).reduce(
    // Told together with all other problems, not after them.
    (schema, { path, form, met }) =>
      schema.refine(met, { path: [...path], error: () => form, when: () => true }),
    stack,
  );
}

/** A stack's settings with all defaults filled in. */
export type StackSettings = z.output<ReturnType<typeof stackSchema>>;

/** A server that somebody else runs. Its database and role must exist; neither is changed. */
export type ExternalPostgresSettings = NonNullable<StackSettings["postgres"]>;

export type TlsSettings = StackSettings["tls"];

const domain = text(hostName, "a host name in lower case, such as app.example.com");

const port = whole(1, 65535).refine(
  (chosen) => chosen !== statusPort && chosen !== metricsPort,
  allowed(`a port other than ${statusPort} and ${metricsPort}, which the proxy has for itself`),
);

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

const proxyPin = pinThat(drains, proxyPinForm);

const postgresPin = pinThat(tellsMajorVersion, postgresPinForm);

function pinOf(app: AppSpec, image: string) {
  const special = { [app.proxy.image]: proxyPin, [app.postgres.image]: postgresPin };
  const form = supportedForm(image);
  const schema =
    special[image] ?? (form === undefined ? pin : pinThat((chosen) => isSupported(image, chosen), form));
  const fallback = imageSpecs(app)[image]?.default;
  return fallback === undefined ? schema : schema.default(fallback);
}

function secret(spec: SecretSpec) {
  const form = {
    password: text(/^[\x21-\x7e]{8,512}$/, "8 to 512 printable characters without spaces"),
    url: text(secretUrl, "an http or https URL"),
    "base64-32": text(/^[A-Za-z0-9+/]{43}=$/, "32 bytes in base64, as `openssl rand -base64 32` prints"),
  }[spec.form];
  return spec.origin === "required" ? form : form.optional();
}
