import { expect, it } from "vitest";
import type { Platform } from "../../../components/app/process";
import { Service } from "../../../components/app/service";
import {
  hardened,
  healthcheck,
  labels,
  replaced,
  startable,
  stepInputs,
  stepOptions,
  testPlatform,
  types,
} from "../fixtures";
import { record, revealed, secret, unknown, urn } from "../mocks";
import { yardPlatform } from "../yard";

const type = "slipway:app:Service";

function service(name: string, config: Partial<Platform["config"]> = {}, preview = false) {
  return record(
    () => {
      const platform = testPlatform();
      const changed = { ...platform, config: { ...platform.config, ...config } };
      return new Service(name, { platform: changed, service: name });
    },
    { preview },
  );
}

it("is as many containers as the spec says, which can live beside those of another release", async () => {
  const recording = await service("api");
  const children = recording.all.filter(({ parent }) => parent === urn(type, "api"));
  expect(children.map(({ name }) => name).sort()).toEqual(["api-0", "api-1", "api-ready"]);
  for (const name of ["api-0", "api-1"]) {
    expect(recording.get(name)).toEqual({
      type: types.container,
      name,
      urn: urn(types.container, name, type),
      parent: urn(type, "api"),
      custom: true,
      inputs: {
        ...hardened,
        image: "registry.example.com/shop/api:1.2.0",
        user: "1000:1001",
        envs: [
          secret("CACHE=value of redisPassword"),
          "CACHE_HOST=redis",
          secret("DB=password of app"),
          "DB_HOST=db.example.com",
          secret("KEY=value of signingKey"),
          secret("LICENCE=value of licence"),
          "MODE=production",
          "ORIGIN=https://shop.example.com",
        ],
        labels: labels("api", "1.2.0"),
        tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m,uid=1000,gid=1001" },
        memory: 512,
        memorySwap: 512,
        cpus: "1.0",
        networksAdvanced: [
          { name: "shop-test-edge", aliases: [] },
          { name: "shop-test-data", aliases: [] },
          { name: "shop-test-observability", aliases: ["api"] },
        ],
        healthcheck: healthcheck("node", "ready.js"),
        stopTimeout: 45,
        destroyGraceSeconds: 45,
      },
      // The old one goes last, when the traffic is on the new one.
      options: { ...replaced, deleteBeforeReplace: false },
      dependencies: expect.arrayContaining(["images-api", "networks-data", "networks-edge"]),
      outputs: undefined,
    });
  }
});

it("is ready when the step has seen every container healthy", async () => {
  const recording = await service("api");
  expect(recording.get("api-ready")).toEqual({
    type: types.command,
    name: "api-ready",
    urn: urn(types.command, "api-ready", type),
    parent: urn(type, "api"),
    custom: true,
    inputs: {
      ...stepInputs("awaitReady"),
      stdin: JSON.stringify({
        what: "Service api, release 1.2.0,",
        containers: [startable("api-0", "1000:1001"), startable("api-1", "1000:1001")],
        timeout: 90,
      }),
    },
    options: stepOptions,
    dependencies: ["api-0", "api-1"],
    outputs: undefined,
  });
});

it("is off the network of the databases, with the default stop grace, when its spec says so", async () => {
  const recording = await service("page");
  expect(recording.get("page-0").inputs).toEqual({
    ...hardened,
    image: "nginx:1.29.4",
    user: "101:101",
    labels: labels("page", "1.29.4"),
    tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m,uid=101,gid=101" },
    memory: 64,
    memorySwap: 64,
    cpus: "0.25",
    networksAdvanced: [
      { name: "shop-test-edge", aliases: [] },
      { name: "shop-test-observability", aliases: ["page"] },
    ],
    healthcheck: healthcheck("wget", "-q", "http://127.0.0.1:8080/healthz"),
  });
  expect(recording.all.map(({ name }) => name)).not.toContain("page-1");
});

it("gives its upstreams: each container in a slot that is the same for every release", async () => {
  const recording = await service("api");
  const upstreams = [
    { slot: "api-0", container: "api-0-1a2b3c4", network: "shop-test-edge", port: 3000 },
    { slot: "api-1", container: "api-1-1a2b3c4", network: "shop-test-edge", port: 3000 },
  ];
  expect(await revealed(recording.made.upstreams)).toEqual(upstreams);
  expect(recording.get("api").outputs).toEqual({ upstreams });
});

it("does not know its upstreams before the containers are ready", async () => {
  const recording = await service("page", {}, true);
  expect(recording.get("page").outputs).toEqual({ upstreams: unknown });
});

it("has the replicas and limits of the stack, where they are set", async () => {
  const recording = await service("api", {
    replicas: { api: 3 },
    resources: { api: { memory: 1024 }, page: { memory: 16 } },
  });
  const containers = ["api-0", "api-1", "api-2"].map((name) => recording.get(name).inputs);
  expect(containers.map(({ memory, memorySwap, cpus }) => ({ memory, memorySwap, cpus }))).toEqual(
    Array(3).fill({ memory: 1024, memorySwap: 1024, cpus: "1.0" }),
  );
  expect(recording.all.map(({ name }) => name)).not.toContain("api-3");
});

it("refuses a service that the system doesn't have", async () => {
  await expect(service("worker")).rejects.toThrow(
    new RangeError('shop: service "worker" is not one of api, page'),
  );
});

function inYard(name: string, change: Partial<Platform["config"]> = {}) {
  return record(() => {
    const platform = yardPlatform();
    const config = { ...platform.config, ...change };
    return new Service(name, { platform: { ...platform, config }, service: name });
  });
}

it("has no upstreams without a port, and still is ready when its containers are", async () => {
  const recording = await inYard("worker");
  expect(recording.get("worker").outputs).toEqual({ upstreams: [] });
  const { containers } = JSON.parse(String(recording.get("worker-ready").inputs.stdin)) as {
    containers: unknown;
  };
  expect(containers).toEqual(
    ["worker-0", "worker-1", "worker-2"].map((name) => startable(name, "1000:1001")),
  );
});

it("has the replicas of the stack, else of its size, else of its spec", async () => {
  const count = (recording: Awaited<ReturnType<typeof inYard>>) =>
    recording.all.filter(({ name }) => /^worker-[0-9]+$/.test(name)).length;
  expect(count(await inYard("worker"))).toBe(3);
  expect(count(await inYard("worker", { replicas: { worker: 2 } }))).toBe(2);
});

it("has its name on all its networks where another service starts after it, which may ask it", async () => {
  const recording = await inYard("api");
  expect(recording.get("api-0").inputs.networksAdvanced).toEqual([
    { name: "yard-test-edge", aliases: ["api"] },
    { name: "yard-test-data", aliases: ["api"] },
    { name: "yard-test-observability", aliases: ["api"] },
  ]);
});

it("is reached on the network that it has to itself, where its way out is a gateway", async () => {
  const recording = await inYard("mailer");
  expect(await revealed(recording.made.upstreams)).toEqual([
    { slot: "mailer-0", container: "mailer-0-1a2b3c4", network: "yard-test-egress-mailer", port: 4000 },
  ]);
  expect(recording.get("mailer-0").inputs).toMatchObject({
    networksAdvanced: [
      { name: "yard-test-egress-mailer", aliases: [] },
      { name: "yard-test-observability", aliases: ["mailer"] },
    ],
    healthcheck: { ...healthcheck("mailer", "check"), interval: "2s" },
  });
  expect(recording.get("mailer-0").dependencies).toContain("egress-mailer-ready");
});
