import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import type { StackConfig } from "../../config";
import { configured, type Settings } from "./configured";
import { memoryLimits, roomOn } from "./memoryLimits";

// The stack files of the repository are examples: each must be one that is accepted as it stands.

beforeEach(() => {
  for (const name of ["DIGITALOCEAN_TOKEN", "SPACES_ACCESS_KEY_ID", "SPACES_SECRET_ACCESS_KEY"]) {
    vi.stubEnv(name, "given");
  }
});

afterEach(() => {
  vi.unstubAllEnvs();
});

function settingsOf(stack: string): Settings {
  const file = readFileSync(join(__dirname, `../../Pulumi.${stack}.yaml`), "utf8");
  const { config } = parse(file) as { config: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace(/^slipway:/, ""), value]),
  );
}

function configOf(stack: string): StackConfig {
  return configured(settingsOf(stack), []);
}

it("the stack local is on this machine's engine", () => {
  expect(configOf("local")).toMatchObject({ host: "local", dns: { provider: "none" } });
});

describe("the stack production", () => {
  const config = () => configOf("production");

  it("is FreshTrack's Droplet, with its records and its bucket", () => {
    expect(config()).toMatchObject({
      host: "digitalocean",
      digitalocean: {
        region: "nyc3",
        size: "s-4vcpu-8gb",
        volume: 100,
        bucket: "clubhouse-production-backups",
      },
      dns: { provider: "digitalocean", zone: "example.com", ttl: 300 },
      machine: { sshFrom: ["203.0.113.0/24"], swap: 2048 },
    });
  });

  it("has certificates that browsers trust", () => {
    expect(config().tls).toEqual({ mode: "acme", email: "admin@example.com" });
  });

  it("keeps its backups in the bucket that the stack makes", () => {
    expect(config().backups).toMatchObject({
      enabled: true,
      pitr: true,
      s3: { endpoint: "https://nyc3.digitaloceanspaces.com", bucket: "clubhouse-production-backups" },
    });
  });
});

describe("the stack staging", () => {
  const config = () => configOf("staging");

  it("has certificates of the authority's staging environment", () => {
    expect(config().tls).toMatchObject({
      mode: "acme",
      authority: "https://acme-staging-v02.api.letsencrypt.org/directory",
    });
  });

  it("rehearses production: what differs is the size, the names and how much is observed", () => {
    const differing = ["digitalocean", "domains", "observability", "replicas", "resources", "tls", "backups"];
    const rest = (settings: Settings) =>
      Object.fromEntries(Object.entries(settings).filter(([key]) => !differing.includes(key)));
    expect(rest(settingsOf("staging"))).toEqual(rest(settingsOf("production")));
  });

  it("shares neither names nor the bucket with production", () => {
    const [staging, production] = [config(), configOf("production")];
    const names = [...Object.values(staging.domains), ...Object.values(production.domains)];
    expect(new Set(names).size).toBe(4);
    expect(staging.digitalocean.bucket).not.toBe(production.digitalocean.bucket);
  });
});

it.each(["production", "staging"])("the containers of the stack %s fit its machine", async (stack) => {
  const { size } = configOf(stack).digitalocean;
  const limits = await memoryLimits(settingsOf(stack));
  expect(limits.length).toBeGreaterThan(10);
  const sum = limits.reduce((total, limit) => total + limit, 0);
  expect(sum).toBeLessThanOrEqual(roomOn(Number(/-(\d+)gb$/.exec(size)?.[1])));
});
