import { describe, expect, it } from "vitest";
import { catalog } from "../../apps/catalog";
import type { AppSpec, Environment, JobSpec } from "../../apps/spec";
import { isPinned } from "../../lib/image";
import { imageSpecs } from "../../lib/imageSpecs";
import { partDomains } from "../../lib/observability/partDomains";
import { partHost, partNames } from "../../lib/observability/parts";
import { isSupported } from "../../lib/observability/versions";
import { drains } from "../../lib/proxyVersion";
import { secretSpecs } from "../../lib/secretSpecs";

function jobs({ migration, bootstrapAdmin }: AppSpec): readonly JobSpec[] {
  return [migration, bootstrapAdmin].filter((job) => job !== undefined);
}

function environments(app: AppSpec): readonly Environment[] {
  const services = Object.values(app.services);
  return [...services, ...jobs(app)].map(({ environment }) => environment ?? {});
}

describe.each(Object.entries(catalog))("%s", (name, app) => {
  it("has the name that a stack chooses it by, fit for a physical name", () => {
    expect(app.name).toBe(name);
    expect(name).toMatch(/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/);
  });

  it("runs images that it has, the given ones pinned", () => {
    const used = [app.postgres, app.redis, app.proxy, ...Object.values(app.services)];
    expect(Object.keys(app.images)).toEqual(expect.arrayContaining(used.map(({ image }) => image)));
    for (const [image, { default: pin }] of Object.entries(app.images)) {
      if (pin !== undefined) expect(isPinned(pin), image).toBe(true);
    }
    const proxy = app.images[app.proxy.image]?.default;
    if (proxy !== undefined) expect(drains(proxy)).toBe(true);
  });

  it("observes itself with versions that there is a configuration for", () => {
    for (const [image, { default: pin }] of Object.entries(imageSpecs(app))) {
      if (pin !== undefined) expect(isSupported(image, pin), `${image} ${pin}`).toBe(true);
    }
  });

  it("has no service with the name of a part that runs beside it", () => {
    const taken = [...partNames, ...partNames.map(partHost), "postgres", "redis", "proxy", "backup", "drill"];
    for (const service of Object.keys(app.services)) expect(taken).not.toContain(service);
  });

  it("has the login that the proxy asks for before Grafana's, if any, as a secret", () => {
    const secret = app.monitoring.basicAuth?.secret;
    if (secret !== undefined) expect(Object.keys(secretSpecs(app))).toContain(secret);
  });

  it("says where the metrics of a service are by a path", () => {
    for (const { metrics } of Object.values(app.services)) {
      if (metrics !== undefined) expect(metrics).toMatch(/^\/[A-Za-z0-9/_-]+$/);
    }
  });

  it("routes each of its domains to services that it has", () => {
    // Who looks at how it does is routed to Grafana and the like, by the components.
    const ofParts = Object.keys(partDomains(app));
    const ofServices = app.routes.map(({ domain }) => domain);
    expect([...new Set([...ofServices, ...ofParts])].sort()).toEqual(Object.keys(app.domains).sort());
    for (const domain of ofParts) expect(ofServices).not.toContain(domain);
    for (const { service } of [...app.routes, ...jobs(app)])
      expect(Object.keys(app.services)).toContain(service);
  });

  it("refers in its environments to secrets and domains that it has", () => {
    const secrets = Object.keys(secretSpecs(app));
    for (const value of environments(app).flatMap((environment) => Object.values(environment))) {
      if (typeof value === "string") continue;
      if ("secret" in value) expect(secrets).toContain(value.secret);
      if ("origin" in value) expect(Object.keys(app.domains)).toContain(value.origin);
    }
  });

  it("says nothing in its environments that belongs into a secret", () => {
    for (const [variable, value] of environments(app).flatMap((environment) => Object.entries(environment))) {
      if (typeof value === "string") expect(variable).not.toMatch(/password|secret|token|key$/i);
    }
  });

  it("runs no service as root", () => {
    for (const { user } of Object.values(app.services)) expect(user).toMatch(/^[1-9][0-9]*:[1-9][0-9]*$/);
  });

  it("keeps services without data off the databases, and lets those reach them that say so", () => {
    for (const [service, { environment = {}, usesData }] of Object.entries(app.services)) {
      const refers = Object.values(environment).some(
        (value) => typeof value !== "string" && ("database" in value || "redis" in value),
      );
      expect(usesData || !refers, service).toBe(true);
    }
  });
});
