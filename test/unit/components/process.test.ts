import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import {
  jobProcess,
  type Platform,
  processArgs,
  resourcesOf,
  serviceSpec,
} from "../../../components/app/process";
import { identity, shop, testDatabase, testPlatform } from "../fixtures";
import { record, revealed, secret } from "../mocks";
import { yard, yardPlatform } from "../yard";

const api = serviceSpec(shop, "api");
const defaults = { memory: 512, cpus: 1 };

it("takes each limit from the stack, or else from the spec", () => {
  expect(resourcesOf({ resources: {} }, "api", defaults)).toEqual(defaults);
  expect(resourcesOf({ resources: { api: { memory: 64 } } }, "api", defaults)).toEqual({
    memory: 64,
    cpus: 1,
  });
  expect(resourcesOf({ resources: { api: { cpus: 0.5 } } }, "api", defaults)).toEqual({
    memory: 512,
    cpus: 0.5,
  });
  expect(resourcesOf({ resources: { page: { cpus: 2 } } }, "api", defaults)).toEqual(defaults);
});

it("finds the spec of a service, and refuses one that the system doesn't have", () => {
  expect(serviceSpec(shop, "page")).toBe(shop.services.page);
  expect(() => serviceSpec(shop, "pgae")).toThrow(
    new RangeError('shop: service "pgae" is not one of api, page'),
  );
});

it("gives a process its image, user, environment, networks and limits", async () => {
  const { made } = await record(() => processArgs(testPlatform(), { name: "api", spec: api }));
  const { image, environment = {}, networks = [], ...plain } = made;
  expect(plain).toEqual({
    identity,
    service: "api",
    release: "1.2.0",
    user: "1000:1001",
    resources: { memory: 512, cpus: 1 },
  });
  const names = networks.map(({ network }) => network);
  expect(await revealed(pulumi.output(image))).toBe("registry.example.com/shop/api:1.2.0");
  expect(await revealed(pulumi.all(names))).toEqual(["shop-test-edge", "shop-test-data"]);
  expect(Object.keys(environment).sort()).toEqual([
    "CACHE",
    "CACHE_HOST",
    "DB",
    "DB_HOST",
    "KEY",
    "LICENCE",
    "MODE",
    "ORIGIN",
  ]);
  expect(await revealed(pulumi.output(environment.MODE ?? ""))).toBe("production");
  expect(await revealed(pulumi.output(environment.DB ?? ""))).toEqual(secret("password of app"));
});

it("starts with the program of its spec, and otherwise with its image's own", async () => {
  const entrypoint = ["./server", "--quiet"];
  const { made } = await record(() =>
    processArgs(testPlatform(), { name: "api", spec: { ...api, entrypoint, command: ["serve"] } }),
  );
  expect(made).toMatchObject({ entrypoint, command: ["serve"] });
  const { made: plain } = await record(() => processArgs(testPlatform(), { name: "api", spec: api }));
  expect(plain).not.toHaveProperty("entrypoint");
});

it("keeps a process that needs no data off its network", async () => {
  const { made } = await record(() =>
    processArgs(testPlatform(), { name: "page", spec: serviceSpec(shop, "page") }),
  );
  expect(made.networks).toHaveLength(1);
  expect(made.environment).toEqual({});
});

/** What a service of the yard runs with. */
function inYard(name: string, change: Partial<Platform> = {}) {
  return record(() => processArgs(yardPlatform(change), { name, spec: serviceSpec(yard, name) }));
}

async function known(values: Readonly<Record<string, pulumi.Input<string>>> = {}) {
  const all = Object.entries(values).map(async ([name, value]) => [
    name,
    await revealed(pulumi.output(value)),
  ]);
  return Object.fromEntries(await Promise.all(all));
}

it("gives a process the command, folders, capabilities and volumes of its spec", async () => {
  const { made } = await inYard("worker");
  const { image: _, environment: __, networks: ___, volumes, ...plain } = made;
  expect(plain).toEqual({
    identity: { system: "yard", stack: "test" },
    service: "worker",
    release: "2.0.0",
    user: "1000:1001",
    command: ["node", "worker.js"],
    temporary: { "/tmp": 16, "/cache": 128 },
    writableRoot: true,
    capabilities: ["CAP_SETUID", "CAP_CHOWN"],
    resources: { memory: 950, cpus: 1.25 },
  });
  expect(await known(volumes)).toEqual({
    "/srv/uploads": "yard-test-volume-uploads",
    "/srv/thumbnails": "yard-test-volume-thumbnails",
  });
});

it("connects as the role that its spec names, and tells its size and release", async () => {
  const { made } = await inYard("worker");
  expect(await known(made.environment)).toEqual({
    WORKERS: "5",
    POOL: "7",
    VERSION: "2.0.0",
    DB_USER: "clerk",
  });
});

it("is as large as the stack says, else as its size", async () => {
  const timeouts = { ready: 90, drain: 20, migration: 600 };
  const config = { resources: { worker: { memory: 2000 } }, replicas: {}, timeouts };
  expect((await inYard("worker", { config })).made.resources).toEqual({ memory: 2000, cpus: 1.25 });
});

it("has files in a folder of its own", async () => {
  const { made } = await inYard("api");
  expect(await known(made.environment)).toEqual({
    KEY_FILE: "/run/secrets/api/KEY_FILE",
    STORE: "http://object-store:9000",
  });
  expect(await known(made.files)).toEqual({
    "/run/secrets/api/KEY_FILE": secret("value of signingKey"),
  });
});

it("reaches the internet only through its gateway, where its spec names hosts", async () => {
  const { made } = await inYard("mailer");
  const networks = made.networks.map(({ network }) => network);
  expect(await revealed(pulumi.all(networks))).toEqual(["yard-test-egress-mailer"]);
  const [proxy, direct] = [
    "http://egress-mailer:3128",
    "localhost,127.0.0.1,postgres,redis,object-store,tempo,collector",
  ];
  expect(await known(made.environment)).toEqual({
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    NO_PROXY: direct,
    http_proxy: proxy,
    https_proxy: proxy,
    no_proxy: direct,
  });
});

it("is a service with another command, for a job of a service", () => {
  const job = { service: "api", command: ["node", "job.js"], environment: { KEY_FILE: "none", MORE: "1" } };
  const spec = serviceSpec(yard, "api");
  expect(jobProcess(yard, "import", job)).toEqual({
    name: "import",
    service: "api",
    spec: {
      ...spec,
      command: ["node", "job.js"],
      environment: { ...spec.environment, KEY_FILE: "none", MORE: "1" },
    },
  });
});

it.each<[string, Partial<Platform>, string]>([
  ["a role", { database: testDatabase() }, 'yard: database role "clerk" is not one of none'],
  ["a volume", { volumes: {} }, 'yard: volume "uploads" is not one of none'],
])("refuses %s that the system doesn't have", async (_, change, problem) => {
  await expect(inYard("worker", change)).rejects.toThrow(new RangeError(problem));
});
