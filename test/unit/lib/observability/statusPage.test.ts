import { expect, it } from "vitest";
import type { AppSpec } from "../../../../apps/spec";
import { imageSpecs } from "../../../../lib/imageSpecs";
import { observedRoutes } from "../../../../lib/observability/observedRoutes";
import { shop } from "../../fixtures";
import { problems } from "../../shopSettings";

const app: AppSpec = {
  ...shop,
  domains: { ...shop.domains, status: "the status page" },
  monitoring: { ...shop.monitoring, statusDomain: "status" },
};

it("needs its host name, unless nothing observes", () => {
  const [problem, ...others] = problems({}, app);
  expect(problem).toMatch(
    /^slipway:domains\.status is missing: set it to the host name of Uptime Kuma, such as /,
  );
  expect(others).toEqual([]);
  expect(problems({ "observability.profile": "off" }, app)).toEqual([]);
});

it("has its image and limits set where the spec has it, and nowhere else", () => {
  const change = {
    "images.uptimeKuma": "louislam/uptime-kuma:2.4.0-slim-rootless",
    "resources.uptimeKuma.memory": 512,
  };
  expect(problems({ ...change, "domains.status": "status.example.com" }, app)).toEqual([]);
  expect(problems(change).map((problem) => problem.split(" ")[0])).toEqual([
    "slipway:images.uptimeKuma",
    "slipway:resources.uptimeKuma",
  ]);
  expect(Object.keys(imageSpecs(app))).toContain("uptimeKuma");
  expect(Object.keys(imageSpecs(shop))).not.toContain("uptimeKuma");
});

it("is probed as all public addresses are", () => {
  const origins = { status: "https://status.example.com" };
  expect(observedRoutes(app, origins)).toEqual([
    { domain: "status", url: "https://status.example.com/api/entry-page" },
  ]);
});

it("is not probed behind a login, nor is Grafana", () => {
  const monitoring = { ...app.monitoring, basicAuth: { username: "ops", secret: "licence" } };
  const origins = {
    web: "https://shop.example.com",
    monitoring: "https://monitoring.example.com",
    status: "https://status.example.com",
  };
  const probed = (spec: AppSpec) => [...new Set(observedRoutes(spec, origins).map(({ domain }) => domain))];
  expect(probed(app)).toEqual(["web", "monitoring", "status"]);
  expect(probed({ ...app, monitoring })).toEqual(["web"]);
});
