import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { AppSpec } from "../../../apps/spec";
import { LocalHost } from "../../../components/host/localHost";
import { System } from "../../../components/system";
import type { StackConfig } from "../../../config";
import { imageSpecs } from "../../../lib/imageSpecs";
import { partHost, partNames } from "../../../lib/observability/parts";
import { type Profile, partsOf } from "../../../lib/observability/profiles";
import { observabilitySettings } from "../../../lib/observability/settings";
import type { ConfigurePartsInput } from "../../../operations/steps/configureParts";
import { pins, shop, stepInputs, types } from "../fixtures";
import { type Recording, type Registration, record, revealed, secret } from "../mocks";
import { shopConfig } from "../shopConfig";

const type = "slipway:observability:Observability";
const imagesOf = (app: AppSpec) => ({
  ...Object.fromEntries(Object.entries(imageSpecs(app)).map(([name, spec]) => [name, spec.default ?? ""])),
  ...pins,
});
const domains = {
  web: "shop.example.com",
  admin: "admin.example.com",
  monitoring: "monitoring.example.com",
};

function observed(profile: Profile, change: Partial<StackConfig> = {}): Promise<Recording<System>> {
  const observability = observabilitySettings.parse({ profile });
  const images = imagesOf(change.app ?? shop);
  const config = shopConfig({ images, domains, observability, ...change });
  return record(() => new System("shop", { host: new LocalHost("host"), config }));
}

function partContainers(recording: Recording<System>): Registration[] {
  return recording.ofType(types.container).filter(({ name }) => name.startsWith("observability-"));
}

function configured(recording: Recording<System>): ConfigurePartsInput {
  const { stdin } = recording.get("observability-configure").inputs;
  const text = typeof stdin === "string" ? stdin : (stdin as { secret: string }).secret;
  return JSON.parse(text) as ConfigurePartsInput;
}

describe.each(["full", "noTraces", "metricsOnly"] as const)("profile %s", (profile) => {
  const parts = partsOf(profile, { externalPostgres: false });

  it("is a container for each of its parts, found by its name on a network of their own", async () => {
    const recording = await observed(profile);
    const containers = partContainers(recording);
    expect(containers.map(({ name }) => name).sort()).toEqual(
      parts.map((part) => `observability-${part}-server`).sort(),
    );
    for (const part of parts) {
      const { inputs } = recording.get(`observability-${part}-server`);
      expect(inputs.name).toBe(`shop-test-${partHost(part)}`);
      expect(inputs.networksAdvanced).toContainEqual({
        name: "shop-test-observability",
        aliases: [partHost(part)],
      });
    }
  });

  it("gives all of them their configuration by one step", async () => {
    const recording = await observed(profile);
    const step = recording.get("observability-configure");
    expect(step.inputs).toMatchObject({ ...stepInputs("configureParts"), environment: {} });
    const { parts: configurable, timeout } = configured(recording);
    expect(configurable.map(({ name }) => name)).toEqual(parts.map(partHost));
    expect(timeout).toBe(90);
    expect(recording.get("observability", type).outputs).toEqual({ parts });
  });

  it("starts a part only after those that it needs", async () => {
    const { parts: configurable } = configured(await observed(profile));
    const names = configurable.map(({ name }) => name);
    for (const [index, { needs = [] }] of configurable.entries()) {
      for (const needed of needs) expect(names.slice(0, index)).toContain(needed);
    }
    expect(configurable.find(({ name }) => name === "collector")?.needs).toEqual(["guardian"]);
  });
});

it("is nothing when it's off", async () => {
  const recording = await observed("off", {
    domains: { web: "shop.example.com", admin: "admin.example.com" },
  });
  expect(recording.all.filter(({ name }) => name.startsWith("observability"))).toEqual([]);
  expect(recording.ofType(types.network).map(({ name }) => name)).not.toContain("networks-observability");
  expect(recording.ofType(types.image).map(({ name }) => name)).not.toContain("images-prometheus");
  expect(recording.made.grafanaLogin).toBeUndefined();
});

it("gives the login that the proxy asks for, where there is one and something behind it", async () => {
  const basicAuth = { username: "ops", secret: "licence" };
  const app = { ...shop, monitoring: { ...shop.monitoring, basicAuth } };
  const loginOf = async (profile: Profile, change: Partial<StackConfig>) =>
    (await observed(profile, change)).made.monitoringLogin;
  const login = await loginOf("metricsOnly", { app });
  if (login === undefined) throw new Error("the login is missing");
  expect(await revealed(login)).toEqual(secret({ username: "ops", password: "value of licence" }));
  expect(await loginOf("metricsOnly", {})).toBeUndefined();
  expect(
    await loginOf("off", { app, domains: { web: "shop.example.com", admin: "a.example.com" } }),
  ).toBeUndefined();
});

it("has no exporter for a server that somebody else runs", async () => {
  const postgres = {
    host: "db.example.com",
    port: 5432,
    database: "shop",
    user: "shop",
    sslmode: "require",
  } as const;
  const secrets = {
    licence: pulumi.secret("licence"),
    databaseAppPassword: pulumi.secret("password"),
  };
  const recording = await observed("full", { postgres, secrets });
  expect(partContainers(recording).map(({ name }) => name)).not.toContain(
    "observability-postgresExporter-server",
  );
  expect(recording.ofType(types.image).map(({ name }) => name)).not.toContain("images-postgresExporter");
});

describe("every part", () => {
  it("is hardened as all containers are, and publishes no port", async () => {
    const containers = partContainers(await observed("full"));
    expect(containers).toHaveLength(partNames.length);
    for (const { name, inputs } of containers) {
      expect(inputs, name).toMatchObject({
        privileged: false,
        readOnly: true,
        ipcMode: "private",
        networkMode: "bridge",
        capabilities: { drops: ["ALL"], adds: [] },
        securityOpts: ["no-new-privileges:true"],
        ports: [],
      });
      expect(inputs, name).not.toHaveProperty("pidMode");
    }
  });

  it("is not root, but for those that read what only root may read", async () => {
    const roots = partContainers(await observed("full")).filter(({ inputs }) =>
      /^0:/.test(String(inputs.user)),
    );
    expect(roots.map(({ name }) => name).sort()).toEqual([
      "observability-collector-server",
      "observability-guardian-server",
    ]);
    const metricsOnly = await observed("metricsOnly");
    expect(metricsOnly.get("observability-collector-server").inputs.user).toBe("10001:10001");
  });

  it("sees of the host only what it observes, and can't write there", async () => {
    const mounts = partContainers(await observed("full")).flatMap(({ name, inputs }) =>
      ((inputs.mounts ?? []) as readonly { source: string; readOnly: boolean }[]).map(
        ({ source, readOnly }) => {
          expect(readOnly).toBe(true);
          return `${name} ${source}`;
        },
      ),
    );
    expect(mounts.sort()).toEqual([
      "observability-collector-server /var/lib/docker/containers",
      "observability-guardian-server /var/run/docker.sock",
      "observability-nodeExporter-server /",
    ]);
  });

  it("is off the internet, but for the one that delivers alerts", async () => {
    const networks = partContainers(await observed("full")).flatMap(({ name, inputs }) =>
      (inputs.networksAdvanced as readonly { name: string }[]).map((network) => `${name} ${network.name}`),
    );
    const others = networks.filter((one) => !one.endsWith(" shop-test-observability"));
    expect(others.sort()).toEqual([
      "observability-alertmanager-server shop-test-edge",
      "observability-postgresExporter-server shop-test-data",
      "observability-redisExporter-server shop-test-data",
    ]);
  });

  it("keeps its data in a volume that outlives it, and that a change of the profile may leave", async () => {
    const volumes = (await observed("full"))
      .ofType(types.volume)
      .filter(({ name }) => name.startsWith("observability-"));
    expect(volumes.map(({ name }) => name).sort()).toEqual(
      ["alertmanager", "collector", "grafana", "loki", "prometheus", "tempo"].map(
        (part) => `observability-${part}-data`,
      ),
    );
    for (const { options } of volumes) {
      expect(options).toMatchObject({ retainOnDelete: true });
      expect(options.protect ?? false).toBe(false);
    }
  });
});

describe("secrets", () => {
  const canaries = [
    "grafanaAdminPassword",
    "alertSlackUrl",
    "heartbeatUrl",
    "databaseMonitorPassword",
    "redisPassword",
  ];
  const secrets = Object.fromEntries(
    ["licence", ...canaries].map((name) => [name, pulumi.secret(`https://canary-${name}`)]),
  );

  it("reach the parts that need them as files, and no environment, argument or label", async () => {
    const recording = await observed("full", { secrets });
    for (const { inputs } of partContainers(recording)) {
      expect(JSON.stringify(inputs)).not.toContain("canary");
    }
    const { parts } = configured(recording);
    const holders = parts.flatMap(({ name, container }) =>
      Object.values(container.files).flatMap((content) =>
        canaries
          .filter((canary) => content.includes(`canary-${canary}`))
          .map((canary) => `${name} ${canary}`),
      ),
    );
    expect(holders.sort()).toEqual([
      "alertmanager alertSlackUrl",
      "alertmanager heartbeatUrl",
      "grafana grafanaAdminPassword",
      "postgres-exporter databaseMonitorPassword",
      "redis-exporter redisPassword",
    ]);
    expect(parts.some(({ configuration }) => JSON.stringify(configuration ?? {}).includes("canary"))).toBe(
      false,
    );
  });

  it("make the step's input secret", async () => {
    const recording = await observed("full", { secrets });
    expect(recording.get("observability-configure").inputs.stdin).toEqual(secret(expect.any(String)));
  });
});

describe("a change", () => {
  const withSettings = (settings: object) =>
    observed("full", { observability: observabilitySettings.parse({ profile: "full", ...settings }) });

  it("of a threshold, a rule or a receiver changes files and no container", async () => {
    const before = await withSettings({});
    const after = await withSettings({
      thresholds: { memory: 70 },
      receivers: { webhook: true },
      rules: { QueueTooLong: { expression: "queue_length > 100", summary: "The queue is long" } },
    });
    expect(partContainers(after)).toEqual(partContainers(before));
    const changed = configured(after).parts.filter((part, index) => {
      const other = configured(before).parts[index];
      return JSON.stringify(part) !== JSON.stringify(other);
    });
    expect(changed.map(({ name }) => name)).toEqual(expect.arrayContaining(["prometheus", "alertmanager"]));
  });

  it("of nothing changes nothing", async () => {
    expect((await observed("full")).all).toEqual((await observed("full")).all);
  });
});

describe("the proxy", () => {
  it("serves Grafana at its domain, and is found by what scrapes and probes it", async () => {
    const recording = await observed("full");
    const { stdin } = recording.get("proxy-apply").inputs;
    const { caddyfile } = JSON.parse(String(stdin)) as { caddyfile: string };
    expect(caddyfile).toContain("https://monitoring.example.com {");
    expect(caddyfile).toContain("{file./etc/caddy/Caddyfile.upstreams/shop-test-grafana}:3000");
    expect(caddyfile).toContain("http://:2021 {");
    expect(recording.get("proxy-server").inputs.networksAdvanced).toContainEqual({
      name: "shop-test-observability",
      aliases: ["proxy"],
    });
  });

  it("asks for a login before Grafana where the spec says so", async () => {
    const app = {
      ...shop,
      monitoring: { domain: "monitoring", basicAuth: { username: "ops", secret: "licence" } },
    };
    const recording = await observed("full", { app });
    const { stdin } = recording.get("proxy-apply").inputs;
    const text = typeof stdin === "string" ? stdin : (stdin as { secret: string }).secret;
    const { caddyfile } = JSON.parse(text) as { caddyfile: string };
    expect(caddyfile).toMatch(/basic_auth \{\n\s+ops \$2b\$10\$/);
  });
});

describe("a status page", () => {
  const app = {
    ...shop,
    domains: { ...shop.domains, status: "the status page" },
    monitoring: { ...shop.monitoring, statusDomain: "status" },
  };
  const withStatus = (profile: Profile) =>
    observed(profile, { app, domains: { ...domains, status: "status.example.com" } });

  it("runs where the spec has a domain for it, and reaches what it asks", async () => {
    const recording = await withStatus("metricsOnly");
    const { inputs } = recording.get("observability-uptimeKuma-server");
    expect(inputs).toMatchObject({
      name: "shop-test-uptime-kuma",
      user: "1000:1000",
      networksAdvanced: [
        { name: "shop-test-observability", aliases: ["uptime-kuma"] },
        { name: "shop-test-edge", aliases: [] },
      ],
    });
    expect(recording.get("observability-uptimeKuma-data").options).toMatchObject({ retainOnDelete: true });
    const { caddyfile } = JSON.parse(String(recording.get("proxy-apply").inputs.stdin)) as {
      caddyfile: string;
    };
    expect(caddyfile).toContain("https://status.example.com {");
    expect(caddyfile).toContain("shop-test-uptime-kuma}:3001");
  });

  it("doesn't when nothing observes, nor for another system", async () => {
    const names = (recording: Recording<System>) => recording.all.map(({ name }) => name);
    expect(names(await withStatus("off"))).not.toContain("observability-uptimeKuma");
    expect(names(await observed("full"))).not.toContain("observability-uptimeKuma");
    expect(names(await observed("full"))).not.toContain("images-uptimeKuma");
  });
});
