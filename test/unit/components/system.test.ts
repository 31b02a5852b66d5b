import { expect, it } from "vitest";
import { LocalHost } from "../../../components/host/localHost";
import { System } from "../../../components/system";
import type { StackConfig } from "../../../config";
import { types } from "../fixtures";
import { record, revealed, secret, urn } from "../mocks";
import { shopConfig } from "../shopConfig";

const type = "slipway:components:System";

function system(change: Partial<StackConfig> = {}, preview = false) {
  const config = shopConfig(change);
  return record(() => new System("shop", { host: new LocalHost("host"), config }), { preview });
}

const commands = [
  "api-ready",
  "bootstrap-admin-run",
  "deployment-note",
  "migration-run",
  "page-ready",
  "postgres-roles",
  "proxy-apply",
  "redis-ready",
];
const containers = [
  "api-0",
  "api-1",
  "bootstrap-admin-container",
  "migration-container",
  "page-0",
  "postgres-server",
  "proxy-server",
  "redis-server",
];

function names(recording: { ofType(type: string): readonly { name: string }[] }, type: string): string[] {
  return recording
    .ofType(type)
    .map(({ name }) => name)
    .sort();
}

it("is made of these resources and no other", async () => {
  const recording = await system();
  expect(names(recording, types.command)).toEqual(commands);
  expect(names(recording, types.container)).toEqual(containers);
  expect(names(recording, types.volume)).toEqual([
    "postgres-data",
    "proxy-configuration",
    "proxy-data",
    "redis-data",
  ]);
  expect(names(recording, types.network)).toEqual(["networks-data", "networks-edge"]);
  expect(names(recording, types.image)).toEqual([
    "images-api",
    "images-page",
    "images-postgres",
    "images-proxy",
    "images-redis",
  ]);
  expect(names(recording, types.password)).toEqual([
    "secrets-backupRepositoryKey",
    "secrets-bootstrapAdminPassword",
    "secrets-databaseAdminPassword",
    "secrets-databaseAppPassword",
    "secrets-databaseBackupPassword",
    "secrets-databaseMonitorPassword",
    "secrets-databaseOwnerPassword",
    "secrets-grafanaAdminPassword",
    "secrets-redisPassword",
    "secrets-signingKey",
  ]);
  expect(recording.all.filter(({ custom }) => custom)).toHaveLength(8 + 8 + 4 + 2 + 5 + 9 + 1 + 1);
  const components = recording.all.filter(({ parent }) => parent === urn(type, "shop"));
  expect(components.map((component) => `${component.type} ${component.name}`).sort()).toEqual([
    "slipway:app:Job bootstrap-admin",
    "slipway:app:Job migration",
    "slipway:app:Service api",
    "slipway:app:Service page",
    "slipway:components:Deployment deployment",
    "slipway:components:Images images",
    "slipway:data:Postgres postgres",
    "slipway:data:Redis redis",
    "slipway:data:Secrets secrets",
    "slipway:edge:ReverseProxy proxy",
    "slipway:network:Networks networks",
  ]);
});

it("puts everything of the engine on the host", async () => {
  const recording = await system();
  const onEngine = recording.all.filter((one) => one.type.startsWith("docker:"));
  expect(onEngine).toHaveLength(8 + 4 + 2 + 5);
  for (const one of onEngine) expect(one.options, one.name).toMatchObject({ provider: "host-engine" });
});

it("registers the outputs of every component", async () => {
  const recording = await system();
  const components = recording.all.filter(({ custom }) => !custom);
  for (const component of components) expect(component.outputs, component.name).toBeDefined();
});

it("gives the public addresses, and the first administrator's login as a secret", async () => {
  const recording = await system();
  const urls = { web: "https://shop.example.com", admin: "https://admin.example.com" };
  const login = secret({ username: "ada", password: "generated-secrets-bootstrapAdminPassword" });
  expect(recording.made.urls).toEqual(urls);
  expect(recording.get("shop").outputs).toEqual({ urls, login });
  if (recording.made.login === undefined) throw new Error("the login is missing");
  expect(await revealed(recording.made.login)).toEqual(login);
});

it("has no login, and no job for it, once the stack sets no first administrator", async () => {
  const recording = await system({ bootstrapAdmin: undefined });
  expect(recording.made.login).toBeUndefined();
  const left = (name: string) => !name.startsWith("bootstrap-admin");
  expect(names(recording, types.command)).toEqual(commands.filter(left));
  expect(names(recording, types.container)).toEqual(containers.filter(left));
});

it("has no migration when the system has none", async () => {
  const { migration: _, ...app } = shopConfig().app;
  const recording = await system({ app });
  expect(names(recording, types.command)).toEqual(commands.filter((name) => name !== "migration-run"));
  expect(names(recording, types.container)).toContain("api-0");
});

it("takes the place of a migration that still runs only where the stack says so", async () => {
  const forced = async (force: boolean) => {
    const recording = await system({ migrations: { backwardCompatible: [], skip: false, force } });
    const runs = ["migration-run", "bootstrap-admin-run"].map((name) => recording.get(name).inputs.stdin);
    return runs.map((stdin) => (JSON.parse(String(stdin)) as { force?: boolean }).force);
  };
  expect(await forced(true)).toEqual([true, undefined]);
  expect(await forced(false)).toEqual([undefined, undefined]);
});

it("makes no database where somebody else runs one, and pulls no image for it", async () => {
  const postgres = { host: "db.example.com", port: 5432, database: "shop", user: "shop" };
  const recording = await system({ postgres: { ...postgres, sslmode: "require" } });
  expect(names(recording, types.container)).toEqual(containers.filter((name) => name !== "postgres-server"));
  expect(names(recording, types.volume)).not.toContain("postgres-data");
  expect(names(recording, types.image)).not.toContain("images-postgres");
  expect(recording.get("postgres").type).toBe("slipway:data:ExternalPostgres");
});

it("takes pins, registries, limits and replicas from the stack", async () => {
  const recording = await system({
    registries: { page: "hub.example.com" },
    resources: { postgres: { memory: 2048 }, proxy: { cpus: 2 }, redis: { memory: 64 } },
    replicas: { api: 1 },
  });
  expect(recording.get("images-page").inputs.name).toBe("hub.example.com/library/nginx:1.29.4");
  expect(recording.get("postgres-server").inputs).toMatchObject({ memory: 2048, cpus: "2.0" });
  expect(recording.get("proxy-server").inputs).toMatchObject({ memory: 128, cpus: "2.0" });
  expect(recording.get("redis-server").inputs).toMatchObject({ memory: 64, cpus: "0.5" });
  expect(names(recording, types.container)).not.toContain("api-1");
});

it("routes each domain, in the order of the spec", async () => {
  const recording = await system();
  const { caddyfile } = JSON.parse(String(recording.get("proxy-apply").inputs.stdin)) as {
    caddyfile: string;
  };
  const inSlot = (slot: string) => `{file./etc/caddy/Caddyfile.upstreams/${slot}}`;
  const at = (text: string) => {
    expect(caddyfile).toContain(text);
    return caddyfile.indexOf(text);
  };
  const [web, admin] = [at("https://shop.example.com {"), at("https://admin.example.com {")];
  expect(at("path /api/*")).toBeGreaterThan(web);
  expect(at(`reverse_proxy ${inSlot("page-0")}:8080`)).toBeGreaterThan(at("path /api/*"));
  expect(admin).toBeGreaterThan(at(`reverse_proxy ${inSlot("page-0")}:8080`));
  expect(at("max_size 50MB")).toBeLessThan(admin);
  expect(caddyfile.split(`reverse_proxy ${inSlot("api-0")}:3000 ${inSlot("api-1")}:3000 {`)).toHaveLength(3);
});
