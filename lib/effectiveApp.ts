import type { AppSpec, Environment } from "../apps/spec";
import { isGroup } from "./rawSettings";
import { mapValues } from "./records";
import { plainValues, type Use, type UseKind, usesOf } from "./specUses";

/** Names of the services that a stack may do without. */
export function optionalServices({ services }: Pick<AppSpec, "services">): readonly string[] {
  return Object.keys(services).filter((service) => services[service]?.optional === true);
}

/** The optional services that settings name, whatever else may be wrong in them. */
export function servicesIn(settings: unknown): readonly string[] {
  const services = isGroup(settings) ? settings.services : undefined;
  return Array.isArray(services) ? services.filter((name) => typeof name === "string") : [];
}

/**
 * The system as a stack has it: without the optional services that it doesn't switch on, nor their routes, nor the
 * images, secrets, settings and domains that are there for them alone.
 *
 * What has data stays: volumes, roles of the database and generated secrets. Switching a service off loses nothing, its
 * backups are still restored, and switched on again it finds what it had.
 */
export function effectiveApp(app: AppSpec, enabled: readonly string[]): AppSpec {
  const off = offServices(app, enabled);
  if (off.size === 0) return app;
  const gone = goneNames(app, off);
  const { images, secrets, settings = {}, domains, services, routes, lockstep = [] } = app;
  return {
    ...app,
    images: without(images, gone.images),
    secrets: mapValues(without(secrets, gone.secrets), ({ together = [], ...secret }) => ({
      ...secret,
      together: together.filter((name) => !gone.secrets.has(name) && !gone.settings.has(name)),
    })),
    settings: without(settings, gone.settings),
    domains: without(domains, gone.domains),
    services: mapValues(without(services, off), ({ after = [], ...service }) => ({
      ...withoutOrigins(service, gone.domains),
      after: after.filter((name) => !off.has(name)),
    })),
    ...(app.migration === undefined ? {} : { migration: withoutOrigins(app.migration, gone.domains) }),
    ...(app.bootstrapAdmin === undefined
      ? {}
      : { bootstrapAdmin: withoutOrigins(app.bootstrapAdmin, gone.domains) }),
    routes: routes
      .filter(({ service }) => !off.has(service))
      .map(({ allowedOrigins, ...route }) => ({
        ...route,
        ...(allowedOrigins === undefined
          ? {}
          : { allowedOrigins: allowedOrigins.filter((domain) => !gone.domains.has(domain)) }),
      })),
    lockstep: lockstep.filter((image) => !gone.images.has(image)),
  };
}

/** Why keys of a stack are not known, by the keys: what they set belongs to a service that is off. */
export function switchedOff(app: AppSpec, enabled: readonly string[]): ReadonlyMap<string, string> {
  const off = offServices(app, enabled);
  const { images, secrets, settings, domains } = goneNames(app, off);
  const services = new Map([...off].map((service) => [service, service]));
  const groups = Object.entries({
    ...{ images, registries: images, secrets, settings, domains },
    ...{ replicas: services, resources: services, sizes: services },
  });
  return new Map(
    groups.flatMap(([group, owners]) =>
      [...owners].map(([name, owner]) => [
        `${group}.${name}`,
        `belongs to service ${owner}, which is off: add it to slipway:services, or take the key out`,
      ]),
    ),
  );
}

function offServices(app: AppSpec, enabled: readonly string[]): ReadonlySet<string> {
  return new Set(optionalServices(app).filter((service) => !enabled.includes(service)));
}

type Gone = Readonly<Record<"images" | "secrets" | "settings" | "domains", ReadonlyMap<string, string>>>;

/** What is there only for services that are off, with one of them each. */
function goneNames(app: AppSpec, off: ReadonlySet<string>): Gone {
  const uses = usesOf(app);
  const isOff = ({ service }: Use) => service !== undefined && off.has(service);
  const usedBy = (kind: UseKind, owned: boolean) =>
    uses.filter((use) => use.kind === kind && isOff(use) === owned);
  const gone = (kind: UseKind) => {
    const stays = new Set(usedBy(kind, false).map(({ name }) => name));
    const left = usedBy(kind, true).filter(({ name }) => !stays.has(name));
    return new Map(left.map(({ name, service = "" }) => [name, service]));
  };
  const secrets = [...gone("secrets")].filter(([name]) => app.secrets[name]?.origin !== "generate");
  return {
    images: gone("images"),
    secrets: new Map(secrets),
    settings: gone("settings"),
    domains: gone("domains"),
  };
}

/** A variable with the origin of a domain that nothing is served under is left out, as one that refers to what isn't set. */
function withoutOrigins<Process extends { readonly environment?: Environment }>(
  process: Process,
  gone: ReadonlyMap<string, string>,
): Process {
  if (process.environment === undefined) return process;
  const kept = Object.entries(process.environment).filter(([, value]) =>
    plainValues(value).every(
      (plain) => typeof plain === "string" || !("origin" in plain) || !gone.has(plain.origin),
    ),
  );
  return { ...process, environment: Object.fromEntries(kept) };
}

function without<Value>(
  object: Readonly<Record<string, Value>>,
  names: { readonly has: (name: string) => boolean },
): Record<string, Value> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.has(name)));
}
