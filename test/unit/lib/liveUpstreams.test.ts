import { expect, it } from "vitest";
import { caddyfile, type ProxyConfiguration } from "../../../lib/caddyfile";
import { upstreamsFolder, withSlots } from "../../../lib/liveUpstreams";
import { upstreamOf } from "../../../lib/upstream";

function configuration(...containers: readonly string[]): ProxyConfiguration {
  const upstreams = containers.map((container) => upstreamOf(container, "shop-test-edge", 3000));
  const route = { upstreams, healthPath: "/ready", bodyLimit: 10 };
  return {
    tls: { mode: "internal" },
    ports: { http: 80, https: 443 },
    metrics: true,
    sites: [{ host: "api-0.example.com", routes: [{ ...route, paths: ["/api-0", "/api-0/*"] }, route] }],
  };
}

function live(...containers: readonly string[]) {
  const upstreams = containers.map((container) => `${container}:3000`);
  return withSlots(caddyfile(configuration(...containers)), upstreams);
}

const slot = (name: string) => `{file.${upstreamsFolder}/${name}}`;

it("has one slot for each container, by what stays of its name", () => {
  expect(live("api-0-1a2b3c4", "api-1-0000000").containers).toEqual({
    "api-0": "api-0-1a2b3c4",
    "api-1": "api-1-0000000",
  });
});

it("is the same text for every release", () => {
  const before = live("api-0-1a2b3c4", "api-1-0000000");
  const after = live("api-0-fffffff", "api-1-7654321");
  expect(after.caddyfile).toBe(before.caddyfile);
  expect(after.containers).not.toEqual(before.containers);
});

it("has no container's name left, and slots in both of its addresses", () => {
  const text = live("api-0-1a2b3c4", "api-1-0000000").caddyfile;
  expect(text).not.toMatch(/1a2b3c4|0000000/);
  expect(text).toContain(`reverse_proxy ${slot("api-0")}:3000 ${slot("api-1")}:3000 {`);
  expect(text).toContain(
    `reverse_proxy @webSocket0 ${slot("api-0")}.shop-test-edge:3000 ${slot("api-1")}.shop-test-edge:3000 {`,
  );
});

it("changes nothing but addresses, and no name that only begins or ends with another", () => {
  const { caddyfile: text, containers } = live("api", "x-api", "api-0-1a2b3c4");
  expect(containers).toEqual({ api: "api", "x-api": "x-api", "api-0": "api-0-1a2b3c4" });
  expect(text).toContain(`reverse_proxy ${slot("api")}:3000 ${slot("x-api")}:3000 ${slot("api-0")}:3000 {`);
  expect(text).toContain("https://api-0.example.com {");
  expect(text).toContain("path /api-0 /api-0/*");
});

it("is the text as it was without containers", () => {
  const text = caddyfile(configuration("api-0-1a2b3c4"));
  expect(withSlots(text, [])).toEqual({ caddyfile: text, containers: {} });
});
