import { describe, expect, it } from "vitest";
import type { AppSpec, RouteSpec, ServiceSpec } from "../../../apps/spec";
import { managingPostgresPinForm } from "../../../lib/postgresVersion";
import { specProblems } from "../../../lib/specProblems";
import { shop } from "../fixtures";
import { market } from "../market";

const api = shop.services.api as ServiceSpec;
const page = shop.services.page as ServiceSpec;

/** What is wrong with the shop when it is changed so. */
function wrong(change: Partial<AppSpec>): string[] {
  return specProblems({ ...shop, ...change });
}

/** The same, of its API. */
function wrongApi(change: Partial<ServiceSpec>): string[] {
  return wrong({ services: { api: { ...api, ...change }, page } });
}

function wrongVariable(name: string, value: NonNullable<ServiceSpec["environment"]>[string]): string[] {
  return wrongApi({ environment: { ...api.environment, [name]: value } });
}

function wrongRoutes(...routes: RouteSpec[]): string[] {
  return wrong({ routes: [...routes, { domain: "admin", service: "api" }] });
}

it("finds nothing wrong with a good spec", () => {
  expect(specProblems(shop)).toEqual([]);
  expect(specProblems(market)).toEqual([]);
});

it("tells all problems, each with the system and the key", () => {
  const problems = wrong({ name: "Shop", postgres: { ...shop.postgres, image: "pg", schemas: ["A"] } });
  expect(problems).toEqual([
    "Shop: name must be lower case letters, digits and hyphens, beginning with a letter",
    'Shop: postgres.image refers to "pg", which is not in images: images has api, page, postgres, proxy, redis',
    "Shop: images.postgres is used by nothing: take it out, or say where it is used",
    'Shop: postgres.schemas has "A": it must be lower case letters, digits and underscores',
  ]);
});

describe("a reference", () => {
  it.each<[string, () => string[], string]>([
    [
      "an image",
      () => wrongApi({ image: "apy" }),
      'services.api.image refers to "apy", which is not in images: did you mean api? images has api, page, postgres, proxy, redis',
    ],
    [
      "a secret",
      () => wrongVariable("X", { text: ["a", { secret: "licens" }] }),
      'services.api.environment.X refers to "licens", which is not in secrets: did you mean licence?',
    ],
    [
      "a setting",
      () => wrongVariable("X", { file: { setting: "x" } }),
      'services.api.environment.X refers to "x", which is not in settings: settings has none',
    ],
    [
      "a domain",
      () => wrongVariable("X", { origin: "wep" }),
      'services.api.environment.X refers to "wep", which is not in domains: did you mean web?',
    ],
    [
      "a volume",
      () => wrongApi({ volumes: { "/data": "data" } }),
      'services.api.volumes./data refers to "data", which is not in volumes: volumes has none',
    ],
    [
      "a role",
      () => wrongApi({ databaseRole: "x" }),
      'services.api.databaseRole refers to "x", which is not in postgres.roles: postgres.roles has none',
    ],
    [
      "a service to wait for",
      () => wrongApi({ after: ["pge"] }),
      'services.api.after refers to "pge", which is not in services: did you mean page? services has api, page',
    ],
    [
      "the service of a job",
      () => wrong({ migration: { service: "x", command: [] } }),
      'migration.service refers to "x", which is not in services: services has api, page',
    ],
    [
      "the service of a route",
      () => wrongRoutes({ domain: "web", paths: ["/x"], service: "x" }, { domain: "web", service: "page" }),
      'routes[0].service refers to "x", which is not in services: services has api, page',
    ],
    [
      "the domain of a route",
      () => wrongRoutes({ domain: "x", service: "api" }, { domain: "web", service: "page" }),
      'routes[0].domain refers to "x", which is not in domains: domains has admin, monitoring, web',
    ],
    [
      "an allowed origin",
      () => wrongRoutes({ domain: "web", service: "page", allowedOrigins: ["x"] }),
      'routes[0].allowedOrigins refers to "x", which is not in domains: domains has admin, monitoring, web',
    ],
    [
      "the domain of Grafana",
      () => wrong({ monitoring: { domain: "x" } }),
      'monitoring.domain refers to "x", which is not in domains: domains has admin, monitoring, web',
    ],
    [
      "the login before Grafana's",
      () => wrong({ monitoring: { domain: "monitoring", basicAuth: { username: "a", secret: "x" } } }),
      'monitoring.basicAuth.secret refers to "x", which is not in secrets:',
    ],
    [
      "a role's role and password",
      () => wrong({ postgres: { ...shop.postgres, roles: { web: { secret: "licence", memberOf: ["x"] } } } }),
      'postgres.roles.web.memberOf refers to "x", which is not in postgres.roles: postgres.roles has web',
    ],
    [
      "images of one release",
      () => wrong({ lockstep: ["api", "x"] }),
      'lockstep refers to "x", which is not in images',
    ],
    [
      "what goes together",
      () => wrong({ secrets: { ...shop.secrets, licence: { ...licence, together: ["x"] } } }),
      'secrets.licence.together refers to "x", which is in neither secrets nor settings',
    ],
  ])("to %s is one that there is", (_, problems, expected) => {
    const found = problems().filter((problem) => problem.startsWith(`shop: ${expected}`));
    expect(found, problems().join("\n")).toHaveLength(1);
  });

  const licence = shop.secrets.licence as NonNullable<AppSpec["secrets"][string]>;
});

it("finds what nothing refers to", () => {
  expect(
    wrong({
      images: { ...shop.images, old: { description: "" }, prometheus: { description: "" } },
      secrets: { ...shop.secrets, old: { description: "", origin: "optional", form: "password" } },
      settings: { unset: { description: "", form: "text" } },
      volumes: { old: { description: "", backedUp: true } },
      domains: { ...shop.domains, old: "" },
    }),
  ).toEqual([
    ...["images.old", "secrets.old", "settings.unset"].map(
      (key) => `shop: ${key} is used by nothing: take it out, or say where it is used`,
    ),
    "shop: domains.old has no route, and nothing else is served there: add one, or take it out",
    "shop: volumes.old is used by nothing: take it out, or say where it is used",
  ]);
});

describe("an image", () => {
  it.each<[string, AppSpec["images"][string], string]>([
    [
      "api",
      { description: "", default: "api:latest" },
      'images.api.default is "api:latest": it must be an image with a fixed tag or a digest',
    ],
    [
      "proxy",
      { description: "", default: "caddy:2.10.2" },
      'images.proxy.default is "caddy:2.10.2": it must be a pinned image of Caddy 2.11.3',
    ],
    [
      "postgres",
      { description: "", default: "postgres:main" },
      'images.postgres.default is "postgres:main": it must be a pinned image whose tag starts',
    ],
    [
      "loki",
      { description: "", default: "grafana/loki:2.9.0" },
      'images.loki.default is "grafana/loki:2.9.0": it must be Loki 3.0 to 3.5',
    ],
    [
      "api",
      { description: "", repository: "ghcr.io/a/b:1" },
      'images.api.repository is "ghcr.io/a/b:1": it must be an image without a tag',
    ],
  ])("%s, %j, is refused", (name, image, expected) => {
    const [problem, ...others] = wrong({ images: { ...shop.images, [name]: image } });
    expect(problem).toMatch(`shop: ${expected}`);
    expect(others).toEqual([]);
  });

  it("is released together with another one", () => {
    expect(wrong({ lockstep: ["api"] })).toEqual([
      "shop: lockstep has api alone: name at least two images, or take it out",
    ]);
  });
});

describe("a service", () => {
  it.each([
    "postgres",
    "proxy",
    "backup",
    "grafana",
    "node-exporter",
    "object-store",
    "migration",
    "egress-api",
  ])("has no name of a part that runs beside it: %s", (name) => {
    expect(wrong({ services: { ...shop.services, [name]: page } })).toEqual([
      `shop: services.${name} has the name of a part that may run beside it: choose another`,
    ]);
  });

  it("has a name that can be one of a host", () => {
    expect(wrong({ services: { ...shop.services, myApi: page } })).toEqual([
      "shop: services.myApi is no name of a host: lower case letters, digits and hyphens, beginning with a letter",
    ]);
  });

  it("without a port has nothing that is asked for over it", () => {
    const { port: _, ...worker } = page;
    const health = { ...page.health, startup: { path: "/up" } };
    const problems = wrong({
      services: { ...shop.services, worker: { ...worker, health, metrics: "/metrics" } },
    });
    expect(problems).toEqual(
      ["metrics", "health.path", "health.startup.path"].map(
        (key) =>
          `shop: services.worker.${key} needs services.worker.port: a service without one serves no requests`,
      ),
    );
  });

  it("says where its metrics are by a path", () => {
    expect(wrongApi({ metrics: "metrics" })).toEqual([
      'shop: services.api.metrics is "metrics": it must be a path, such as /health',
    ]);
  });

  it("waits for none that waits for it", () => {
    const waitsFor = (name: string) => ({ after: [name] });
    const services = {
      api: { ...api, ...waitsFor("page") },
      page: { ...page, ...waitsFor("other") },
      other: { ...page, ...waitsFor("api") },
      last: { ...page, ...waitsFor("api") },
      self: { ...page, ...waitsFor("self") },
    };
    expect(wrong({ services })).toEqual([
      "shop: services.api.after is circular: api waits for page waits for other waits for api",
      "shop: services.self.after is circular: self waits for self",
    ]);
  });

  it("that may be switched off runs no job", () => {
    expect(wrongApi({ optional: true })).toEqual([
      "shop: migration.service is api, which a stack may switch off: it can't be optional",
      "shop: bootstrapAdmin.service is api, which a stack may switch off: it can't be optional",
    ]);
  });

  it("has a usual size that there is", () => {
    const { sizing } = market.services.mailer as ServiceSpec;
    expect(wrongApi({ sizing: { ...(sizing as NonNullable<typeof sizing>), default: "huge" } })).toEqual([
      'shop: services.api.sizing.default is "huge": it must be one of small, large',
    ]);
  });

  it("reaches hosts by their names", () => {
    expect(wrongApi({ egress: ["api.stripe.com", ".example.com", "https://a.example"] })).toEqual([
      'shop: services.api.egress has "https://a.example": it must be a host name, such as api.example.com',
    ]);
  });
});

describe("a process", () => {
  it.each(["0:0", "0:1000", "1000:0", "root", "1000"])("does not run as %s", (user) => {
    const rule = "it must be the numbers of a user and a group that aren't root, such as 1000:1000";
    expect(wrongApi({ user })).toEqual([`shop: services.api.user is "${user}": ${rule}`]);
    const migration = { ...page, user };
    expect(wrong({ migration })).toEqual([`shop: migration.user is "${user}": ${rule}`]);
  });

  it("has its folders at absolute paths, each once", () => {
    expect(wrongApi({ temporary: { tmp: 1, "/a/../b:c": 1 } })).toEqual(
      ["tmp", "/a/../b:c"].map(
        (path) => `shop: services.api.temporary has "${path}": it must be an absolute path, such as /data`,
      ),
    );
    const volumes = { data: { description: "", backedUp: true } };
    const services = { page, api: { ...api, volumes: { "/data": "data" }, temporary: { "/data": 1 } } };
    expect(wrong({ volumes, services })).toEqual([
      'shop: services.api.temporary has "/data", where a volume is mounted',
    ]);
    expect(wrongApi({ copies: ["pages", "/tmp"], temporary: { "/tmp": 1 } })).toEqual([
      'shop: services.api.copies has "pages": it must be an absolute path, such as /data',
      'shop: services.api.copies has "/tmp", which is in volumes or temporary too: choose one',
    ]);
  });

  it("keeps capabilities for a reason", () => {
    expect(
      wrongApi({ capabilities: { CAP_NET_BIND_SERVICE: "port 80", CAP_CHOWN: " ", chown: "x" } }),
    ).toEqual(
      ["CAP_CHOWN", "chown"].map(
        (name) =>
          `shop: services.api.capabilities.${name} must be a name such as CAP_NET_BIND_SERVICE, with the reason`,
      ),
    );
  });

  it.each([
    ["JWT_SECRET", "s3cret-value"],
    ["API_TOKEN", { text: ["s3cret", "-value"] }],
    ["ADMIN_PASSWORD", { file: "s3cret" }],
    ["STRIPE_API_KEY", "sk_test"],
  ] as const)("has no secret in plain text: %s=%j", (variable, value) => {
    expect(wrongVariable(variable, value)).toEqual([
      `shop: services.api.environment.${variable} has a secret in plain text: make it one of secrets, and refer to it`,
    ]);
  });

  it.each([
    ["TOKEN_EXPIRY", "24h"],
    ["PASSWORD_MIN_LENGTH", "12"],
    ["REQUIRE_TOKEN", "true"],
    ["SECRET", { secret: "licence" }],
  ] as const)("may say what is no secret: %s=%j", (variable, value) => {
    expect(wrongVariable(variable, value)).toEqual([]);
  });

  it.each([
    ["database", { database: "url" }],
    ["redis", { text: ["x", { redis: "host" }] }],
    ["database", { file: { database: "password" } }],
  ] as const)("that is kept off the data refers to no %s", (name, value) => {
    expect(wrong({ services: { api, page: { ...page, environment: { X: value } } } })).toEqual([
      `shop: services.page.environment.X refers to ${name}, which it can't reach: set usesData to true`,
    ]);
  });

  it("refers to no part that the system doesn't have", () => {
    expect(wrongVariable("S3", { objectStore: "endpoint" })).toEqual([
      "shop: services.api.environment.S3 refers to objectStore, which the system doesn't have",
    ]);
    const { redis: _, ...app } = shop;
    expect(specProblems(app)).toContain(
      "shop: services.api.environment.CACHE refers to redis, which the system doesn't have",
    );
  });

  it("refers to its size where it has one, as its jobs may", () => {
    expect(wrongVariable("N", { size: "workers" })).toEqual([
      "shop: services.api.environment.N refers to a size, and services.api has no sizing",
    ]);
    const migration = { service: "api", command: [], environment: { N: { size: "connections" } } } as const;
    expect(wrong({ migration })).toEqual([
      "shop: migration.environment.N refers to a size, and migration has no sizing",
    ]);
    const { sizing } = market.services.mailer as ServiceSpec;
    const sized = { ...api, sizing: sizing as NonNullable<typeof sizing> };
    expect(wrong({ migration, services: { api: sized, page } })).toEqual([]);
  });
});

describe("a route", () => {
  const web = (service: string, ...paths: string[]): RouteSpec =>
    paths.length === 0 ? { domain: "web", service } : { domain: "web", service, paths };

  it.each<[string, RouteSpec[], string]>([
    [
      "all paths twice",
      [web("api"), web("page")],
      "routes[1] never serves all paths of web by page: routes[0] has it for api, and comes first",
    ],
    [
      "one path twice",
      [web("api", "/a"), web("page", "/b", "/a")],
      "routes[1] never serves /a of web by page: routes[0] has it for api, and comes first",
    ],
    [
      "a path below another",
      [web("api", "/a/*"), web("page", "/a/b/*")],
      "routes[1] never serves /a/b/* of web by page: routes[0] has it for api, and comes first",
    ],
    [
      "a path after all paths",
      [web("page"), web("api", "/a")],
      "routes[1] never serves /a of web by api: routes[0] has it for page, and comes first",
    ],
    [
      "all paths in two ways",
      [web("api", "/*"), web("page")],
      "routes[1] never serves all paths of web by page: routes[0] has it for api, and comes first",
    ],
  ])("that can never match is refused: %s", (_, routes, problem) => {
    expect(wrongRoutes(...routes)).toEqual([`shop: ${problem}`]);
  });

  it("may have what others don't match, and the same on another domain", () => {
    const routes = [web("api", "/a", "/b/*"), web("page", "/a/b", "/b"), web("api", "/ab"), web("page")];
    expect(wrongRoutes(...routes)).toEqual([]);
  });

  it("leads to a service with a port and a health path", () => {
    const { port: _, ...portless } = page;
    const { path: __, ...health } = page.health;
    expect(wrong({ services: { api, page: { ...portless, health } } })).toEqual([
      "shop: routes[1].service is page, which has no services.page.port",
    ]);
    expect(wrong({ services: { api, page: { ...page, health } } })).toEqual([
      "shop: routes[1].service is page, which has no services.page.health.path for the proxy to ask",
    ]);
  });

  it("is none of Grafana's, nor are two parts under one name", () => {
    expect(wrongRoutes(web("page"), { domain: "monitoring", service: "api" })).toEqual([
      "shop: routes[1].domain is monitoring, where Grafana is: choose another",
    ]);
    expect(wrong({ monitoring: { domain: "monitoring", statusDomain: "monitoring" } })).toEqual([
      "shop: monitoring.statusDomain is monitoring, where Grafana is: it needs a domain of its own",
    ]);
  });

  it("has paths and limits that mean something", () => {
    const limits = { bodyLimit: 0, responseTimeout: -1, rateLimit: { requests: Number.NaN, window: 60 } };
    expect(wrongRoutes({ ...web("api", "a", "/b*c"), ...limits }, web("page"))).toEqual([
      'shop: routes[0].paths has "a": it must be a path such as /health, or /api/* with all below',
      'shop: routes[0].paths has "/b*c": it must be a path such as /health, or /api/* with all below',
      "shop: routes[0].bodyLimit is 0: it must be more than 0",
      "shop: routes[0].responseTimeout is -1: it must be more than 0",
      "shop: routes[0].rateLimit.requests is NaN: it must be more than 0",
    ]);
    expect(wrongRoutes({ domain: "web", service: "page", paths: [] }).at(-1)).toBe(
      "shop: routes[0].paths is empty: leave it out for all paths",
    );
  });
});

describe("the database", () => {
  const roles = (given: NonNullable<AppSpec["postgres"]["roles"]>) =>
    wrong({ postgres: { ...shop.postgres, roles: given } });

  it.each(["postgres", "shop_owner", "shop_app", "pg_monitor"])("has the role %s anyway", (role) => {
    expect(roles({ [role]: {} })).toEqual([
      `shop: postgres.roles.${role} has the name of a role that is there anyway: choose another`,
    ]);
  });

  it("has roles that are members in one direction", () => {
    expect(roles({ a: { memberOf: ["b"] }, b: { memberOf: ["a"] }, "B-c": {} })).toEqual([
      "shop: postgres.roles.B-c must be lower case letters, digits and underscores",
      "shop: postgres.roles.a.memberOf is circular: a is a member of b is a member of a",
    ]);
  });

  it("has each schema once", () => {
    expect(roles({ a: { schema: "keys" }, b: { schema: "keys" }, c: { schema: "public" } })).toEqual([
      'shop: postgres has the schema "keys" twice: one role owns it',
      'shop: postgres has the schema "public" twice: one role owns it',
    ]);
  });

  it("has the schema of the backups, or more connections than a container has processes", () => {
    const wish = { schemas: ["slipway"], connections: 451 };
    expect(wrong({ postgres: { ...shop.postgres, ...wish } })).toEqual([
      'shop: postgres has the schema "slipway", which the backups have: choose another',
      "shop: postgres.connections is 451: it must be a whole number from 1 to 450",
    ]);
    expect(wrong({ postgres: { ...shop.postgres, connections: 450 } })).toEqual([]);
  });

  it("has schemas of extensions that nothing else has, for any number of them", () => {
    const extensions = ["maps", "maps", "Maps", "audit", "slipway"].map((schema) => ({ name: "x", schema }));
    expect(wrong({ postgres: { ...shop.postgres, extensions, schemas: ["audit"] } })).toEqual([
      'shop: postgres.extensions has "Maps": it must be lower case letters, digits and underscores',
      'shop: postgres has the schema "audit" twice: one role owns it',
      'shop: postgres has the schema "slipway", which the backups have: choose another',
    ]);
  });

  it("has a role that policies don't hold for, with the reason", () => {
    expect(roles({ a: { bypassRowSecurity: " " }, b: { bypassRowSecurity: "it cleans up" } })).toEqual([
      "shop: postgres.roles.a.bypassRowSecurity must be the reason for it",
    ]);
  });

  it("has roles that its owner can manage, and a version that knows this", () => {
    const managed = (
      given: NonNullable<AppSpec["postgres"]["roles"]>,
      pin = "postgres:16.10",
    ): readonly string[] =>
      wrong({
        images: { ...shop.images, postgres: { description: "", default: pin } },
        postgres: { ...shop.postgres, roles: given, ownerManagesRoles: true },
      });
    expect(managed({ visitor: {} })).toEqual([]);
    expect(managed({ login: { secret: "licence" } })).toEqual([
      "shop: postgres.ownerManagesRoles is of no use: it is for the roles without a secret, and postgres.roles has none",
    ]);
    expect(managed({ visitor: {} }, "postgres:15.14")).toEqual([
      `shop: images.postgres.default is "postgres:15.14": it must be ${managingPostgresPinForm}`,
    ]);
  });

  it("lets nobody in whose role has no password", () => {
    const services = { page, api: { ...api, databaseRole: "web" } };
    expect(wrong({ services, postgres: { ...shop.postgres, roles: { web: {} } } })).toEqual([
      "shop: services.api.databaseRole is web, which can't log in: it has no postgres.roles.web.secret",
    ]);
  });
});

it("finds buckets that no store has", () => {
  const objectStore = { image: "api", buckets: ["uploads", "My_Bucket"], resources: { memory: 1, cpus: 1 } };
  expect(wrong({ objectStore })).toEqual([
    'shop: objectStore.buckets has "My_Bucket": it must be 3 to 63 lower case letters, digits, dots, hyphens',
  ]);
});

it("finds secrets that can't be generated", () => {
  const generated = { description: "", origin: "generate" } as const;
  const secrets = {
    ...shop.secrets,
    licence: { ...generated, form: "url" },
    mailPassword: { ...generated, form: "password", prefix: "sk_" },
  } as const;
  expect(wrong({ secrets })).toEqual([
    'shop: secrets.mailPassword is generated, and then doesn\'t begin with "sk_": leave prefix out',
    "shop: secrets.licence is an address, which can't be generated: its origin is optional or required",
  ]);
});

it("finds settings that no stack could have", () => {
  const environment = Object.fromEntries(["a", "b", "c", "licence"].map((setting) => [setting, { setting }]));
  const settings: AppSpec["settings"] = {
    a: { description: "", form: ["x", "y"], default: "z" },
    b: { description: "", form: "integer", default: "1", required: true },
    c: { description: "", form: [] },
    licence: { description: "", form: "text" },
  };
  const services = { page, api: { ...api, environment: { ...api.environment, ...environment } } };
  expect(wrong({ settings, services })).toEqual([
    'shop: settings.a.default is "z": it must be one of x, y',
    "shop: settings.b is required, and has a default: take one of both out",
    "shop: settings.c.form is a list of nothing",
    "shop: settings.licence has the name of a secret: who refers to it must know which",
  ]);
});

it("finds defaults that a stack couldn't set", () => {
  expect(wrong({ defaults: { ready: 60, keep: { daily: 30 }, thresholds: { disk: 15 } } })).toEqual([]);
  expect(wrong({ defaults: { ready: 0, keep: { daily: 0 }, thresholds: { disk: 100 } } })).toEqual([
    "shop: defaults.ready is 0: it must be a whole number from 1 to 3600",
    "shop: defaults.keep.daily is 0: it must be a whole number from 1 to 3650",
    "shop: defaults.thresholds.disk is 100: it must be a number from 1 to 99",
  ]);
});
