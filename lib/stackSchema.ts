import { z } from "zod";
import type { AppSpec } from "../apps/spec";
import { backupSettingsOf } from "./backup/settings";
import { metricsPort, statusPort } from "./caddyfile";
import { effectiveApp, optionalServices, servicesIn } from "./effectiveApp";
import { directoryUrl, emailAddress, hostName, releaseTag } from "./forms";
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
import { observabilitySettingsOf } from "./observability/settings";
import { pinSchema } from "./pinSchema";
import { isGroup } from "./rawSettings";
import { mapKeys, mapValues } from "./records";
import { allowed, flag, group, registry, resources, section, text, whole } from "./schemaForms";
import { secretSpecs } from "./secretSpecs";
import { sizeSetting } from "./sizing";
import { makesAdmin } from "./specUses";
import { type PartialSettings, requirements } from "./stackRequirements";
import { closest } from "./suggestion";
import { secretForm, settingForm } from "./valueForms";

const databaseName = /^[a-z_][a-z0-9_]{0,62}$/;
const releaseForm = "a release as the tag of its image has it, such as 1.2.0";
const adminName = /^[A-Za-z0-9][A-Za-z0-9_.-]{1,63}$/;

/**
 * What a stack may set, for one system: the names of its images, services, domains and secrets are part of it. Every
 * object is strict, so that a misspelt key is an error and not a setting that silently does nothing.
 *
 * @param spec of the system, with all services that it may have.
 * @param settings as the stack has them: what belongs to an optional service may be set only where that is switched on,
 * and a version pins images.
 */
export function stackSchema(spec: AppSpec, settings: unknown = {}) {
  const app = effectiveApp(spec, servicesIn(settings));
  const services = Object.keys(app.services);
  const specs = imageSpecs(app);
  const images = Object.keys(specs);
  const version = versionIn(settings);
  const stack = z.strictObject({
    app: z.literal(app.name),
    version: Object.values(specs).some(({ repository }) => repository !== undefined)
      ? text(releaseTag, releaseForm).optional()
      : z.undefined(allowed(`left out: no image of ${app.name} has releases that it could name`)).optional(),
    services: optionalServiceNames(spec),
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
    images: section(mapKeys(images, (name) => pinSchema(app, name, version))),
    registries: section(mapKeys(images, () => registry.optional())),
    imageMirror: registry.optional(),
    replicas: section(mapKeys(services, () => whole(1, 50).optional())),
    sizes: section(
      mapKeys(
        services.filter((service) => app.services[service]?.sizing !== undefined),
        (service) => sizeSetting(app.services[service]?.sizing).optional(),
      ),
    ),
    resources: section(
      mapKeys([...services, ...limitedParts(app), ...possibleParts(app)], () => resources.optional()),
    ),
    secrets: section(mapValues(secretSpecs(app), secretForm)),
    settings: section(mapValues(app.settings ?? {}, settingForm)),
    postgres: externalPostgres.optional(),
    tls: tls.prefault({}),
    ports: section({ http: port.default(80), https: port.default(443) }).refine(
      ({ http, https }) => http !== https,
      allowed("two different ports"),
    ),
    bootstrapAdmin: makesAdmin(app)
      ? bootstrapAdmin.optional()
      : z.undefined(allowed(`left out: nothing of ${app.name} creates an administrator`)).optional(),
    timeouts: section({
      /** Kamal allows 30, docker-rollout 60. */
      ready: readySeconds(app.defaults?.ready),
      /** Seconds for requests to end on the old containers. Kamal's default too. */
      drain: whole(0, 3600).default(30),
      /** Seconds for a migration. */
      migration: whole(1, 86400).default(600),
    }),
    observability: observabilitySettingsOf(app.defaults?.thresholds),
    backups: backupSettingsOf(app.defaults?.keep),
    migrations: section({
      /**
       * Releases whose migration leaves the schema such that the release before works with it: `npm run rollback` goes back
       * over them with the data as it is.
       */
      backwardCompatible: z
        .array(text(releaseTag, releaseForm), allowed("a list of releases, such as [1.2.0, 1.2.1]"))
        .default([]),
      /** Whether the update leaves the schema as it is: neither migration nor dump before it. */
      skip: flag.default(false),
      /** Whether a migration of another update that still runs is stopped, and this one takes its place. */
      force: flag.default(false),
    }),
  });
  return requirements(app).reduce(
    // Told together with all other problems, not after them.
    (schema, { path, form, met }) =>
      schema.refine(met, {
        path: [...path],
        error: ({ input }) => (typeof form === "string" ? form : form(input as PartialSettings)),
        when: () => true,
      }),
    stack,
  );
}

/** A stack's settings with all defaults filled in. */
export type StackSettings = z.output<ReturnType<typeof stackSchema>>;

/** A server that somebody else runs. Its database and role must exist; neither is changed. */
export type ExternalPostgresSettings = NonNullable<StackSettings["postgres"]>;

export type TlsSettings = StackSettings["tls"];

/** Until a new container must be ready. */
export function readySeconds(usual = 120) {
  return whole(1, 3600).default(usual);
}

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

function optionalServiceNames(app: AppSpec) {
  const optional = optionalServices(app);
  const form =
    optional.length === 0
      ? `left out: ${app.name} has no optional services`
      : `a list of optional services, of ${optional.join(", ")}`;
  return z
    .array(z.string(allowed(form)), allowed(form))
    .superRefine((names, context) => {
      for (const name of names.filter((name) => !optional.includes(name))) {
        const guess = closest(name, optional);
        const hint = guess === undefined ? "" : `. Did you mean ${guess}?`;
        context.addIssue({ code: "custom", message: form, params: { detail: `${name} is none${hint}` } });
      }
    })
    .default([]);
}

/** Parts that aren't services and don't observe, but have limits that the stack can set. */
function limitedParts({ redis, objectStore, migration, bootstrapAdmin }: AppSpec): readonly string[] {
  const data = [
    ...(redis === undefined ? [] : ["redis"]),
    ...(objectStore === undefined ? [] : ["object-store"]),
  ];
  // A job in an image of its own; another has the limits of its service.
  const jobs = Object.entries({ migration, "bootstrap-admin": bootstrapAdmin }).flatMap(([job, spec]) =>
    spec === undefined || "service" in spec ? [] : [job],
  );
  return ["postgres", ...data, ...jobs, "proxy", "backup", "drill"];
}

/** One that is no good is told as such, and pins nothing. */
function versionIn(settings: unknown): string | undefined {
  const version = isGroup(settings) ? settings.version : undefined;
  return typeof version === "string" && releaseTag.test(version) ? version : undefined;
}
