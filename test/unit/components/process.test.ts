import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { processArgs, resourcesOf, serviceSpec } from "../../../components/app/process";
import { identity, shop, testPlatform } from "../fixtures";
import { record, revealed, secret } from "../mocks";

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

it("keeps a process that needs no data off its network", async () => {
  const { made } = await record(() =>
    processArgs(testPlatform(), { name: "page", spec: serviceSpec(shop, "page") }),
  );
  expect(made.networks).toHaveLength(1);
  expect(made.environment).toEqual({});
});
