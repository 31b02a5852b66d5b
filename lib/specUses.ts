import type { AppSpec, EnvironmentValue, JobSpec, ProcessSpec, ServiceJobSpec } from "../apps/spec";

/** What a spec refers to by name, by the group that has it. `origins` are domains that are only named, not served. */
export type UseKind =
  | "images"
  | "secrets"
  | "settings"
  | "domains"
  | "origins"
  | "volumes"
  | "roles"
  | "services";

/** A place in a spec that refers to something by its name. */
export interface Use {
  readonly kind: UseKind;
  readonly name: string;
  /** Where it stands: `services.api.environment.KEY`. */
  readonly key: string;
  /** The service that it is there for, if it is there for one. */
  readonly service?: string;
}

/** A value that is made of no others. */
export type PlainValue = Exclude<EnvironmentValue, { readonly text: unknown } | { readonly file: unknown }>;

/** What a value is made of. */
export function plainValues(value: EnvironmentValue): readonly PlainValue[] {
  if (typeof value === "string") return [value];
  if ("text" in value) return value.text.flatMap(plainValues);
  return "file" in value ? plainValues(value.file) : [value];
}

/** Everything that runs, by where it stands in the spec: `services.api`, `migration`. */
export function processes(
  app: AppSpec,
): readonly (readonly [key: string, process: ServiceJobSpec | ProcessSpec])[] {
  const services = Object.entries(app.services).map(([name, spec]) => [`services.${name}`, spec] as const);
  const jobs = Object.entries(jobsOf(app)).map(([name, spec]) => [name, spec] as const);
  return [...services, ...jobs];
}

export function jobsOf({ migration, bootstrapAdmin }: AppSpec): Readonly<Record<string, JobSpec>> {
  return {
    ...(migration === undefined ? {} : { migration }),
    ...(bootstrapAdmin === undefined ? {} : { bootstrapAdmin }),
  };
}

/** Whether somebody makes the first administrator that a stack names: a job, or a service as it starts. */
export function makesAdmin(app: AppSpec): boolean {
  const told = Object.values(app.services).flatMap(({ environment = {} }) => Object.values(environment));
  return (
    app.bootstrapAdmin !== undefined ||
    told.flatMap(plainValues).some((value) => typeof value === "object" && "admin" in value)
  );
}

/** Everything that the spec refers to. */
export function usesOf(app: AppSpec): Use[] {
  const { routes, monitoring, postgres, redis, objectStore, proxy } = app;
  const { domain, statusDomain, basicAuth } = monitoring;
  return [
    ...Object.entries(app.services).flatMap(([service, spec]) => [
      ...processUses(`services.${service}`, spec).map((use) => ({ ...use, service })),
      ...(spec.after ?? []).map(
        (name): Use => ({ kind: "services", name, key: `services.${service}.after`, service }),
      ),
    ]),
    ...Object.entries(jobsOf(app)).flatMap(([job, spec]) =>
      "service" in spec
        ? [
            { kind: "services" as const, name: spec.service, key: `${job}.service` },
            ...environmentUses(job, spec),
          ]
        : processUses(job, spec),
    ),
    ...routes.flatMap((route, index): Use[] => {
      const { service } = route;
      const key = `routes[${index}]`;
      return [
        { kind: "domains", name: route.domain, key: `${key}.domain`, service },
        { kind: "services", name: service, key: `${key}.service`, service },
        ...(route.allowedOrigins ?? []).map(
          (name): Use => ({ kind: "origins", name, key: `${key}.allowedOrigins`, service }),
        ),
      ];
    }),
    ...Object.entries({ postgres, redis, objectStore, proxy }).flatMap(([part, spec]): Use[] =>
      spec === undefined ? [] : [{ kind: "images", name: spec.image, key: `${part}.image` }],
    ),
    ...Object.entries(postgres.roles ?? {}).flatMap(([role, { secret, memberOf = [] }]): Use[] => [
      ...(secret === undefined
        ? []
        : [{ kind: "secrets" as const, name: secret, key: `postgres.roles.${role}.secret` }]),
      ...memberOf.map((name): Use => ({ kind: "roles", name, key: `postgres.roles.${role}.memberOf` })),
    ]),
    { kind: "domains", name: domain, key: "monitoring.domain" },
    ...(statusDomain === undefined
      ? []
      : [{ kind: "domains" as const, name: statusDomain, key: "monitoring.statusDomain" }]),
    ...(basicAuth === undefined
      ? []
      : [{ kind: "secrets" as const, name: basicAuth.secret, key: "monitoring.basicAuth.secret" }]),
  ];
}

function processUses(key: string, spec: ProcessSpec): Use[] {
  return [
    { kind: "images", name: spec.image, key: `${key}.image` },
    ...(spec.databaseRole === undefined
      ? []
      : [{ kind: "roles" as const, name: spec.databaseRole, key: `${key}.databaseRole` }]),
    ...Object.entries(spec.volumes ?? {}).map(
      ([path, name]): Use => ({ kind: "volumes", name, key: `${key}.volumes.${path}` }),
    ),
    ...environmentUses(key, spec),
  ];
}

function environmentUses(key: string, { environment = {} }: Pick<ProcessSpec, "environment">): Use[] {
  return Object.entries(environment).flatMap(([variable, value]) =>
    plainValues(value).flatMap((plain): Use[] => {
      const place = `${key}.environment.${variable}`;
      if (typeof plain === "string") return [];
      if ("secret" in plain) return [{ kind: "secrets", name: plain.secret, key: place }];
      if ("setting" in plain) return [{ kind: "settings", name: plain.setting, key: place }];
      return "origin" in plain ? [{ kind: "origins", name: plain.origin, key: place }] : [];
    }),
  );
}
