import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { ReverseProxy, type ReverseProxyArgs, type SiteArgs } from "../../../components/edge/reverseProxy";
import { Images } from "../../../components/images";
import { caddyfile } from "../../../lib/caddyfile";
import type { ApplyProxyConfigurationInput } from "../../../operations/steps/applyProxyConfiguration";
import {
  hardened,
  healthcheck,
  identity,
  kept,
  labels,
  replaced,
  startable,
  stepInputs,
  stepOptions,
  testHost,
  types,
} from "../fixtures";
import { record, revealed, urn } from "../mocks";

const type = "slipway:edge:ReverseProxy";
const ports = { http: 8080, https: 8443 };

function upstream(slot: string, generation = "1a2b3c4") {
  return { slot, container: `${slot}-${generation}`, network: "shop-test-edge", port: 3000 };
}

const api = { upstreams: [upstream("api-1"), upstream("api-0")], healthPath: "/ready", bodyLimit: 50 };
const page = { upstreams: [upstream("page-0")], healthPath: "/healthz", bodyLimit: 10 };
const sites = [
  { host: "shop.example.com", routes: [{ ...api, paths: ["/api/*"] }, page] },
  { host: "admin.example.com", routes: [api] },
];
const served: readonly SiteArgs[] = sites.map(({ host, routes }) => ({
  host,
  routes: routes.map((route) => pulumi.output(route)),
}));

function usualArgs(images: Images): ReverseProxyArgs {
  return {
    identity,
    host: testHost(),
    image: images.get("proxy"),
    network: "shop-test-edge",
    tls: { mode: "internal" },
    ports,
    resources: { memory: 128, cpus: 1 },
    drain: 20,
    readyTimeout: 90,
  };
}

function proxy(change: Partial<ReverseProxyArgs> = {}, toServe = served) {
  return record(() => {
    const images = new Images("images", {
      pins: { proxy: "caddy:2.11.9" },
      registries: {},
      mirror: undefined,
    });
    const made = new ReverseProxy("proxy", { ...usualArgs(images), ...change });
    return { made, step: made.serve(toServe, []) };
  });
}

it("is two volumes, the container and the step after it", async () => {
  const recording = await proxy();
  const children = recording.all.filter(({ parent }) => parent === urn(type, "proxy"));
  expect(children.map((child) => `${child.type} ${child.name}`).sort()).toEqual([
    `${types.command} proxy-apply`,
    `${types.container} proxy-server`,
    `${types.volume} proxy-configuration`,
    `${types.volume} proxy-data`,
  ]);
  for (const part of ["configuration", "data"]) {
    expect(recording.get(`proxy-${part}`).inputs.name).toBe(`shop-test-proxy-${part}`);
    expect(recording.get(`proxy-${part}`).options).toEqual(kept);
  }
});

it("is the container with published ports, not as root, with its configuration in a volume", async () => {
  const recording = await proxy();
  const server = recording.get("proxy-server");
  expect(server.inputs).toEqual({
    ...hardened,
    name: "shop-test-proxy",
    image: "caddy:2.11.9",
    user: "1000:1000",
    command: ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"],
    envs: ["CADDY_ADMIN=unix//run/caddy/admin.sock"],
    labels: labels("proxy", "2.11.9"),
    capabilities: { drops: ["ALL"], adds: ["CAP_NET_BIND_SERVICE"] },
    tmpfs: {
      "/tmp": "rw,noexec,nosuid,nodev,size=64m,uid=1000,gid=1000",
      "/run/caddy": "rw,noexec,nosuid,nodev,size=1m,uid=1000,gid=1000",
      "/config": "rw,noexec,nosuid,nodev,size=8m,uid=1000,gid=1000",
    },
    volumes: [
      { containerPath: "/data", volumeName: "shop-test-proxy-data" },
      { containerPath: "/etc/caddy", volumeName: "shop-test-proxy-configuration" },
    ],
    memory: 128,
    memorySwap: 128,
    cpus: "1.0",
    networksAdvanced: [{ name: "shop-test-edge", aliases: [] }],
    ports: [
      { internal: 8080, external: 8080, protocol: "tcp", ip: "0.0.0.0" },
      { internal: 8443, external: 8443, protocol: "tcp", ip: "0.0.0.0" },
      { internal: 8443, external: 8443, protocol: "udp", ip: "0.0.0.0" },
    ],
    healthcheck: healthcheck("wget", "-q", "-O", "/dev/null", "http://127.0.0.1:2020/healthz"),
  });
  // Its ports are taken until it is gone, so the provider's delete-before-replace stays.
  expect(server.options).toEqual(replaced);
  expect(server.parent).toBe(urn(type, "proxy"));
  expect(server.dependencies).toEqual(["images-proxy", "proxy-configuration", "proxy-data"]);
});

it("gets its configuration by a step, with the containers of all routes once each, sorted", async () => {
  const recording = await proxy();
  const step = recording.get("proxy-apply");
  expect(step).toEqual({
    type: types.command,
    name: "proxy-apply",
    urn: urn(types.command, "proxy-apply", type),
    parent: urn(type, "proxy"),
    custom: true,
    inputs: {
      ...stepInputs("applyProxyConfiguration"),
      stdin: JSON.stringify({
        container: startable("proxy-server", "1000:1000"),
        caddyfile: caddyfile({ tls: { mode: "internal" }, ports, sites, metrics: false }),
        slots: { "api-0": "api-0-1a2b3c4", "api-1": "api-1-1a2b3c4", "page-0": "page-0-1a2b3c4" },
        upstreams: ["api-0-1a2b3c4:3000", "api-1-1a2b3c4:3000", "page-0-1a2b3c4:3000"],
        drain: 20,
        timeout: 90,
      }),
    },
    options: stepOptions,
    dependencies: ["proxy-server"],
    outputs: undefined,
  });
  expect(recording.get("proxy").outputs).toEqual({ container: "shop-test-proxy" });
});

it("gives that step, for what comes after the switch, and the volume with the certificates", async () => {
  const recording = await proxy();
  const { made, step } = recording.made;
  expect(await revealed(step.urn)).toBe(recording.get("proxy-apply").urn);
  expect(await revealed(made.data)).toBe("shop-test-proxy-data");
});

it("publishes no port for encrypted traffic when there is none", async () => {
  const recording = await proxy({ tls: { mode: "off" } });
  expect(recording.get("proxy-server").inputs.ports).toEqual([
    { internal: 8080, external: 8080, protocol: "tcp", ip: "0.0.0.0" },
  ]);
});

it("runs an image with rate limits where it is given what that is built with", async () => {
  const pins = { proxy: "caddy:2.11.9", proxyBuilder: "caddy:2.11.9-builder" };
  const recording = await record(() => {
    const images = new Images("images", { pins, registries: {}, mirror: undefined });
    return new ReverseProxy("proxy", {
      ...usualArgs(images),
      rateLimits: { images, base: "proxy" },
    });
  });
  const image = recording.get("proxy-image-build");
  expect(recording.get("proxy-image").parent).toBe(urn(type, "proxy"));
  const usual = (await proxy()).get("proxy-server");
  expect(recording.get("proxy-server").inputs).toEqual({ ...usual.inputs, image: image.inputs.name });
});

it("tells the step once what each new container must answer, and nothing where none must", async () => {
  const check = (container: string) => ({
    service: "api",
    container,
    port: 3000,
    path: "/health",
    expect: { status: "healthy" },
  });
  const startup = [pulumi.output([check("api-1-1a2b3c4"), check("api-0-1a2b3c4")])];
  const input = async (toServe: readonly SiteArgs[]) =>
    JSON.parse(String((await proxy({}, toServe)).get("proxy-apply").inputs.stdin));
  expect(await input(served.map((site) => ({ ...site, startup })))).toEqual({
    ...(await input(served)),
    startup: [check("api-1-1a2b3c4"), check("api-0-1a2b3c4")],
  });
  expect(await input(served.map((site) => ({ ...site, startup: [] })))).not.toHaveProperty("startup");
});

it("has the headers of a site in its Caddyfile", async () => {
  const headers = { "X-Shop": "yes" };
  const recording = await proxy(
    {},
    served.map((site) => ({ ...site, headers })),
  );
  const { caddyfile: text } = JSON.parse(String(recording.get("proxy-apply").inputs.stdin));
  expect(text).toBe(
    caddyfile({
      tls: { mode: "internal" },
      ports,
      sites: sites.map((site) => ({ ...site, headers })),
      metrics: false,
    }),
  );
});

function pageOn(...upstreams: readonly ReturnType<typeof upstream>[]) {
  return proxy({}, [{ host: "shop.example.com", routes: [pulumi.output({ ...page, upstreams })] }]);
}

it("keeps its container and its Caddyfile through a release: only the slots change", async () => {
  const [before, after] = [await pageOn(upstream("page-0")), await pageOn(upstream("page-0", "fffffff"))];
  expect(after.get("proxy-server").inputs).toEqual(before.get("proxy-server").inputs);
  const input = (recording: typeof before) =>
    JSON.parse(String(recording.get("proxy-apply").inputs.stdin)) as ApplyProxyConfigurationInput;
  expect(input(after)).toEqual({
    ...input(before),
    slots: { "page-0": "page-0-fffffff" },
    upstreams: ["page-0-fffffff:3000"],
  });
});

it("is on the networks of services that have their own", async () => {
  const recording = await proxy({ moreNetworks: ["shop-test-egress-payments"] });
  expect(recording.get("proxy-server").inputs.networksAdvanced).toEqual([
    { name: "shop-test-edge", aliases: [] },
    { name: "shop-test-egress-payments", aliases: [] },
  ]);
});
