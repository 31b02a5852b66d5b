import { expect, it } from "vitest";
import type { RedisSpec } from "../../../apps/spec";
import { Redis } from "../../../components/data/redis";
import { Images } from "../../../components/images";
import type { AwaitReadyInput } from "../../../operations/steps/awaitReady";
import {
  filesLabel,
  givenSecrets,
  hardened,
  healthcheck,
  identity,
  kept,
  labels,
  pins,
  replaced,
  startable,
  stepInputs,
  stepOptions,
  testHost,
  types,
} from "../fixtures";
import { holdAt } from "../holding";
import { record, revealed, secret, unknown, urn } from "../mocks";

const type = "slipway:data:Redis";
const health = 'REDISCLI_AUTH="$(cat /run/secrets/redis/password)" redis-cli ping | grep -q PONG';
const files = {
  "/run/secrets/redis/redis.conf": [
    "bind * -::*",
    "port 6379",
    "protected-mode yes",
    'requirepass "value of redisPassword"',
    "dir /data",
    "appendonly yes",
    "appendfsync everysec",
    "maxmemory 179mb",
    "maxmemory-policy allkeys-lru",
    "",
  ].join("\n"),
  "/run/secrets/redis/password": "value of redisPassword",
};

/** The shop's. */
const shopRedis: RedisSpec = {
  image: "redis",
  eviction: "allkeys-lru",
  resources: { memory: 256, cpus: 0.5 },
};

function create(spec = shopRedis): Redis {
  return new Redis("redis", {
    identity,
    host: testHost(),
    spec,
    resources: shopRedis.resources,
    image: new Images("images", { pins, registries: {}, mirror: undefined }).get("redis"),
    network: "shop-test-data",
    secrets: givenSecrets(),
    readyTimeout: 120,
  });
}

function redis(preview = false) {
  return record(() => create(), { preview });
}

it("is a volume, a container and the wait for it", async () => {
  const recording = await redis();
  const children = recording.all.filter(({ parent }) => parent === urn(type, "redis"));
  expect(children.map((child) => `${child.type} ${child.name}`).sort()).toEqual([
    `${types.command} redis-ready`,
    `${types.container} redis-server`,
    `${types.volume} redis-data`,
  ]);
  expect(recording.get("redis-data").inputs.name).toBe("shop-test-redis");
  expect(recording.get("redis-data").options).toEqual(kept);
});

it("keeps its data on the volume and its password in files", async () => {
  const recording = await redis();
  expect(recording.get("redis-server")).toEqual({
    type: types.container,
    name: "redis-server",
    urn: urn(types.container, "redis-server", type),
    parent: urn(type, "redis"),
    custom: true,
    inputs: {
      ...hardened,
      name: "shop-test-redis",
      image: "redis:7.4.2-bookworm",
      user: "999:999",
      command: ["redis-server", "/run/secrets/redis/redis.conf"],
      labels: [filesLabel, ...labels("redis", "7.4.2-bookworm")],
      tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m,uid=999,gid=999" },
      volumes: [
        { containerPath: "/data", volumeName: "shop-test-redis" },
        { containerPath: "/run/secrets/redis" },
      ],
      memory: 256,
      memorySwap: 256,
      cpus: "0.5",
      networksAdvanced: [{ name: "shop-test-data", aliases: ["redis"] }],
      healthcheck: healthcheck("sh", "-c", health),
      stopTimeout: 60,
      destroyGraceSeconds: 60,
    },
    // Two servers on one volume would destroy it, so the provider's delete-before-replace stays.
    options: replaced,
    dependencies: [
      "images-api",
      "images-page",
      "images-postgres",
      "images-proxy",
      "images-redis",
      "redis-data",
    ],
    outputs: undefined,
  });
});

it("is started by its step, which gets the files", async () => {
  const recording = await redis();
  const step = recording.get("redis-ready");
  expect({ ...step.inputs, stdin: undefined }).toEqual({ ...stepInputs("awaitReady"), stdin: undefined });
  const { secret: stdin } = step.inputs.stdin as { secret: string };
  expect(JSON.parse(stdin)).toEqual({
    what: "Redis",
    containers: [startable("redis-server", "999:999", files)],
    timeout: 120,
  });
  expect(step.options).toEqual(stepOptions);
  expect(step.parent).toBe(urn(type, "redis"));
  expect(step.dependencies).toEqual(["redis-server"]);
});

it("keeps its data to what the spec says", async () => {
  const recording = await record(() => create({ ...shopRedis, maxMemory: 200 }));
  const { secret: stdin } = recording.get("redis-ready").inputs.stdin as { secret: string };
  const [server] = (JSON.parse(stdin) as AwaitReadyInput).containers;
  expect(server?.files["/run/secrets/redis/redis.conf"]).toContain("\nmaxmemory 200mb\n");
});

it("gives its address, known once it answers, and its password as a secret", async () => {
  const { made, all } = await redis();
  expect(await revealed(made.host)).toBe("redis");
  expect(await revealed(made.port)).toBe(6379);
  expect(await revealed(made.password)).toEqual(secret("value of redisPassword"));
  expect(all.find(({ name }) => name === "redis")?.outputs).toEqual({ host: "redis", port: 6379 });
});

it("has no address before it answers", async () => {
  const recording = await redis(true);
  expect(recording.get("redis").outputs).toEqual({ host: unknown, port: 6379 });
});

it.each(["host", "password"] as const)("lets nobody have its %s before it answers", async (field) => {
  const { reached } = await holdAt("redis-ready", (note) => create()[field].apply(() => note("known")));
  expect(reached).toContain("redis-ready");
  expect(reached).not.toContain("known");
});
