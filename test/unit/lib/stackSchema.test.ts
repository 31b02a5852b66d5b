import { describe, expect, it } from "vitest";
import type { AppSpec } from "../../../apps/spec";
import { stackSchema } from "../../../lib/stackSchema";
import { shop } from "../fixtures";
import { good, problems } from "../shopSettings";

it("takes a good configuration", () => {
  expect(problems({})).toEqual([]);
});

describe.each([
  ["domains.web", "a host name in lower case, such as app.example.com"],
  [
    "images.api",
    "an image with a fixed tag or a digest, such as postgres:17.10-bookworm or app:1.2.3@sha256:<64 hex digits>; not latest",
  ],
])("without %s", (key, form) => {
  it("says what it must be and how to set it", () => {
    expect(problems({ [key]: undefined })).toEqual([
      `slipway:${key} is missing: set it to ${form} (pulumi config set --path '${key}' <value>)`,
    ]);
  });
});

it("asks for a missing secret with the command that encrypts it", () => {
  const form = "8 to 512 printable characters without spaces";
  const command = "pulumi config set --secret --path 'secrets.licence' <value>";
  expect(problems({ "secrets.licence": undefined })).toEqual([
    `slipway:secrets.licence is missing: set it to ${form} (${command})`,
  ]);
  // The whole group left out is the same mistake.
  expect(problems({ secrets: undefined })).toHaveLength(1);
});

const host = "a host name in lower case, such as app.example.com";
const pin =
  "an image with a fixed tag or a digest, such as postgres:17.10-bookworm or app:1.2.3@sha256:<64 hex digits>; not latest";
const caddy = "a pinned image of Caddy 2.11.3 or later, such as caddy:2.11.9";
const postgresPin =
  "a pinned image whose tag starts with the major version of Postgres, such as postgres:17.10-bookworm";
const publicPort = "a port other than 2020 and 2021, which the proxy has for itself";
const registry =
  "a registry host with an optional port and path, such as registry.example.com or localhost:5000";
const port = "a whole number from 1 to 65535";
const cores = "a number of cores from 0.05 to 256";
const mail = "an e-mail address";
const name = "2 to 64 letters, digits, dots, hyphens or underscores";
const database = "the name of an existing database: lower case letters, digits, underscores";

it.each<[string, unknown, string]>([
  ["host", "gcp", "local, ssh, digitalocean or aws"],
  ["domains", "shop.example.com", "a group of keys with values"],
  ["domains", [], "a group of keys with values"],
  ["domains.web", 5, host],
  ["domains.web", null, host],
  ["domains.web", "Shop.example.com", host],
  ["domains.web", "https://shop.example.com", host],
  ["domains.web", "shop.example.com:8080", host],
  ["domains.web", "-shop.example.com", host],
  ["domains.web", "shop..example.com", host],
  ["domains.web", `${"a".repeat(64)}.example.com`, host],
  ["domains.web", `${"a.".repeat(127)}aa`, host],
  ["domains.web", "shop.example.com {", host],
  ["images.api", "ghcr.io/org/api", pin],
  ["images.api", "ghcr.io/org/api:latest", pin],
  ["images.api", 17, pin],
  ["images.postgres", "postgres:latest", pin],
  ["images.postgres", "postgres:bookworm", postgresPin],
  ["images.postgres", `postgres@sha256:${"4".repeat(64)}`, postgresPin],
  ["images.proxy", "caddy:latest", pin],
  ["images.proxy", "caddy:2.10.2", caddy],
  ["registries.api", "https://registry.example.com", registry],
  ["imageMirror", "http://localhost:5000", registry],
  ["replicas.api", 0, "a whole number from 1 to 50"],
  ["replicas.api", 51, "a whole number from 1 to 50"],
  ["replicas.api", 1.5, "a whole number from 1 to 50"],
  ["replicas.api", "two", "a whole number from 1 to 50"],
  ["replicas.api", "-1", "a whole number from 1 to 50"],
  ["replicas.api", true, "a whole number from 1 to 50"],
  ["resources.api", 512, "a group of keys with values"],
  ["resources.api.memory", 15, "a whole number from 16 to 1048576"],
  ["resources.api.memory", "512m", "a whole number from 16 to 1048576"],
  ["resources.proxy.cpus", 0, cores],
  ["resources.redis.cpus", 257, cores],
  ["resources.postgres.cpus", "half", cores],
  ["ports.http", 0, port],
  ["ports.https", 65536, port],
  ["ports.http", 2020, publicPort],
  ["ports.https", "2020", publicPort],
  ["ports.http", 2021, publicPort],
  ["ports", { http: 80, https: 80 }, "two different ports"],
  ["tls.mode", "manual", "acme, internal or off"],
  ["tls.email", "ops", mail],
  ["tls.email", "ops@localhost", mail],
  ["tls.authority", "http://ca.example.com", "an https URL of an ACME directory"],
  ["tls.authority", "ca.example.com", "an https URL of an ACME directory"],
  ["bootstrapAdmin", "ada", "a group of keys with values"],
  ["bootstrapAdmin.username", "a", name],
  ["bootstrapAdmin", { username: "ada", email: "ada" }, mail],
  ["timeouts.ready", 0, "a whole number from 1 to 3600"],
  ["timeouts.drain", -1, "a whole number from 0 to 3600"],
  ["timeouts.migration", 86401, "a whole number from 1 to 86400"],
])("refuses %s with the value %j", (key, value, form) => {
  expect(problems({ [key]: value })).toEqual([
    `slipway:${key}${key === "bootstrapAdmin" && form === mail ? ".email" : ""} is ${JSON.stringify(
      key === "bootstrapAdmin" && form === mail ? "ada" : value,
    )}: it must be ${form}`,
  ]);
});

describe("postgres", () => {
  const postgres = { host: "db.example.com", database: "shop", user: "shop" };
  it.each<[string, unknown, string]>([
    ["host", "db.example.com:5432", "the host name or address of the server"],
    ["port", 0, port],
    ["database", "Shop", database],
    ["database", 'shop"; --', database],
    ["user", "a".repeat(64), "the name of an existing role: lower case letters, digits, underscores"],
    ["sslmode", "prefer", "disable, require, verify-ca or verify-full"],
  ])("refuses the %s %j", (key, value, form) => {
    expect(
      problems({ postgres: { ...postgres, [key]: value }, "secrets.databaseAppPassword": "12345678" }),
    ).toEqual([`slipway:postgres.${key} is ${JSON.stringify(value)}: it must be ${form}`]);
  });

  it("asks for what it needs", () => {
    expect(
      problems({ "postgres.host": "db.example.com", "secrets.databaseAppPassword": "12345678" }),
    ).toEqual([
      `slipway:postgres.database is missing: set it to ${database} (pulumi config set --path 'postgres.database' <value>)`,
      "slipway:postgres.user is missing: set it to the name of an existing role: lower case letters, digits, underscores (pulumi config set --path 'postgres.user' <value>)",
    ]);
  });
});

it("asks for the e-mail address of ACME, which is the default", () => {
  const expected = [
    "slipway:tls.email is missing: set it to an e-mail address, which the certificate authority asks for when tls.mode is acme (pulumi config set --path 'tls.email' <value>)",
  ];
  expect(problems({ tls: undefined })).toEqual(expected);
  expect(problems({ "tls.mode": "acme" })).toEqual(expected);
});

const observing = [
  ...["alertmanager", "blackboxExporter", "collector", "grafana", "guardian", "loki", "nodeExporter"],
  ...["postgresExporter", "prometheus", "redisExporter", "tempo"],
];
const running = ["api", "page", "postgres", "proxy", "redis", ...observing];
const images = [...running, "node", "restic"].sort();
const parts = [...running, "backup", "drill"].sort();

describe("a key that isn't known", () => {
  it.each([
    ["tsl", "Did you mean tls?"],
    ["domains.wbe", "Did you mean web? Otherwise allowed are admin, monitoring, web."],
    ["images.nginx", `Allowed are ${images.join(", ")}.`],
    ["replicas.apis", "Did you mean api? Otherwise allowed are api, page."],
    ["resources.api.memroy", "Did you mean memory? Otherwise allowed are cpus, memory."],
    ["resources.worker", `Allowed are ${parts.join(", ")}.`],
    ["ports.htp", "Did you mean http? Otherwise allowed are http, https."],
    ["tls.certificate", "Allowed are authority, email, mode."],
    ["timeouts.readi", "Did you mean ready? Otherwise allowed are drain, migration, ready."],
    ["secrets.license", "Did you mean licence?"],
    ["constructor", "Allowed are"],
    ["domains.constructor", "Allowed are admin, monitoring, web."],
  ])("%s, is told with a guess and the choice", (key, hint) => {
    const [problem = "", ...others] = problems({ [key]: "canary" });
    expect(others).toEqual([]);
    expect(problem).toMatch(`slipway:${key} is not a known key. `);
    expect(problem).toContain(hint);
    expect(problem).not.toContain("canary");
  });

  it("is told for each of several", () => {
    expect(problems({ "ports.a": 1, "ports.b": 2, "tls.c": 3 })).toHaveLength(3);
  });

  it("also has no choice where nothing is allowed", () => {
    const { domains: _, ...app } = shop;
    const message = problems(
      { domains: { web: "a.example" }, "observability.profile": "off" },
      { ...app, domains: {} },
    );
    expect(message).toEqual(["slipway:domains.web is not a known key. No key is allowed here."]);
  });

  it.each(["__proto__", "ports.__proto__"])("is told when it is %s", (key) => {
    const settings = JSON.parse(
      key === "__proto__"
        ? JSON.stringify(good).replace("{", '{"__proto__":1,')
        : JSON.stringify({ ...good, ports: {} }).replace('"ports":{', '"ports":{"__proto__":1'),
    );
    const schema = stackSchema(shop);
    const result = schema.safeParse(settings);
    expect(result.success).toBe(false);
  });
});

describe("what can't work together", () => {
  it("two domains with one host name", () => {
    const hosts = { web: "shop.example.com", admin: "shop.example.com", monitoring: "grafana.example.com" };
    expect(problems({ domains: hosts })).toEqual([
      `slipway:domains is ${JSON.stringify(hosts)}: it must be a different host name for each domain`,
    ]);
  });

  it("a server of somebody else without the password of its role, told with all other problems", () => {
    const postgres = { host: "db.example.com", database: "shop", user: "shop" };
    const problem =
      "slipway:secrets.databaseAppPassword is missing: set it to the password of the role postgres.user, which can't be generated here (pulumi config set --secret --path 'secrets.databaseAppPassword' <value>)";
    expect(problems({ postgres })).toEqual([problem]);
    expect(problems({ postgres, "ports.http": 0, tsl: {} })).toHaveLength(3);
    for (const other of [
      { "domains.web": 5 },
      { "ports.http": 1.5 },
      { "images.api": "api:latest" },
      { "images.proxy": "caddy:2.10.2" },
      { "tls.mode": "manual" },
      { "resources.api.cpus": "half" },
    ]) {
      const all = problems({ postgres, ...other });
      expect(all).toHaveLength(2);
      expect(all).toContain(problem);
    }
  });

  it("a first administrator of a system in which nothing creates one", () => {
    const { bootstrapAdmin: _, ...app } = shop;
    const admin = { bootstrapAdmin: { username: "ada" } };
    expect(problems(admin, app)).toEqual([
      'slipway:bootstrapAdmin is {"username":"ada"}: it must be left out: nothing of shop creates an administrator',
    ]);
    expect(problems(admin)).toEqual([]);
    const environment = { ADMIN: { text: ["admin:", { admin: "username" }] } } as const;
    const services = { ...app.services, api: { ...app.services.api, environment } } as AppSpec["services"];
    expect(problems(admin, { ...app, services })).not.toContainEqual(
      expect.stringContaining("bootstrapAdmin"),
    );
  });
});
