import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { catalog } from "../../apps/catalog";
import { clubhouse } from "../../apps/clubhouse";
import { readConfig } from "../../config";
import { stackSchema } from "../../lib/stackSchema";
import { configure, configured, leastImages, leastSettings, problems } from "./configured";
import { project, revealed, secret } from "./mocks";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("a configuration", () => {
  it("has a default for all that it leaves out", () => {
    expect(configured(leastSettings)).toEqual({
      stack: "test",
      app: clubhouse,
      host: "local",
      domains: { app: "clubhouse.example.com", grafana: "grafana.clubhouse.example.com" },
      images: leastImages,
      registries: {},
      replicas: {},
      resources: {},
      secrets: {},
      tls: { mode: "acme", email: "ops@example.com" },
      ports: { http: 80, https: 443 },
      timeouts: { ready: 120, drain: 30, migration: 600 },
      observability: {
        profile: "full",
        retention: {},
        thresholds: {
          memory: 85,
          cpu: 80,
          disk: 20,
          latency: 2,
          errorRate: 10,
          certificateDays: 20,
          connections: 80,
          redisMemory: 90,
          backupAge: 26,
          availability: 99.5,
        },
        receivers: { slack: false, webhook: false, ntfy: false },
        rules: {},
        dockerRoot: "/var/lib/docker",
      },
      backups: {
        enabled: true,
        at: "02:00",
        keep: { daily: 7, weekly: 4, monthly: 6, restorePoints: 7 },
        local: true,
        pitr: false,
      },
      services: [],
      settings: {},
      sizes: {},
      migrations: { backwardCompatible: [], skip: false, force: false },
      digitalocean: {
        region: "nyc3",
        size: "s-4vcpu-8gb",
        image: "ubuntu-24-04-x64",
        keysInAccount: false,
        volume: 100,
      },
      aws: { region: "us-east-1", size: "t3.large", volume: 100 },
      dns: { provider: "none", ttl: 300 },
    });
  });

  it("keeps all that it sets", async () => {
    const settings = {
      host: "local",
      registries: { postgres: "hub.example.com" },
      imageMirror: "localhost:5000",
      replicas: { backend: 3 },
      resources: { backend: { memory: 1024, cpus: 1.5 }, postgres: { memory: 4096 } },
      postgres: { host: "db.example.com", database: "clubhouse", user: "clubhouse", sslmode: "verify-full" },
      tls: { mode: "internal" },
      ports: { http: 8080, https: 8443 },
      bootstrapAdmin: { username: "ada", email: "ada@example.com" },
      timeouts: { ready: 60, drain: 0, migration: 86400 },
      observability: {
        profile: "noTraces",
        retention: { metricsDays: 30, metricsGigabytes: 8, logsDays: 14, tracesDays: 1 },
        thresholds: { memory: 90, latency: 0.5, availability: 99.9 },
        receivers: {
          email: {
            to: "ops@example.com",
            from: "alerts@example.com",
            server: "smtp.example.com:587",
            username: "alerts",
          },
          slack: true,
        },
        rules: {
          QueueTooLong: {
            expression: "queue_length > 100",
            for: "10m",
            severity: "critical",
            summary: "Jobs wait",
          },
        },
        dockerRoot: "/srv/docker",
      },
      backups: {
        enabled: true,
        at: "23:45",
        keep: { daily: 30, weekly: 0, monthly: 12, restorePoints: 3 },
        local: false,
        s3: {
          endpoint: "https://nyc3.digitaloceanspaces.com",
          bucket: "backups.example.com",
          prefix: "clubhouse/eu",
          region: "nyc3",
          appendOnly: false,
        },
        pitr: true,
        keyExported: "0123456789ab",
      },
      migrations: { backwardCompatible: ["1.2.0", "1.2.1"], skip: true, force: true },
    };
    const secrets = {
      databaseAppPassword: "an-app-password",
      redisPassword: "a-redis-password",
      alertEmailPassword: "a-mail-password",
      alertSlackUrl: "https://hooks.example.com/services/T0/B0/x",
      backupS3AccessKeyId: "an-access-key",
      backupS3SecretAccessKey: "its-secret-key",
    };
    const { secrets: read, ...config } = configured({ ...leastSettings, ...settings, secrets });
    expect(config).toMatchObject({ ...settings, postgres: { ...settings.postgres, port: 5432 } });
    expect(Object.keys(read).sort()).toEqual(Object.keys(secrets).sort());
    expect(await revealed(read.redisPassword as pulumi.Output<string>)).toEqual(secret("a-redis-password"));
  });

  it("takes what Pulumi.yaml has for a key that the stack doesn't set as not set", () => {
    const empty = {
      host: "",
      registries: {},
      postgres: {},
      version: "",
      services: [],
      settings: {},
      sizes: {},
      imageMirror: "",
      bootstrapAdmin: {},
      secrets: {},
      observability: {},
      backups: {},
      migrations: {},
    };
    const config = configured({ ...leastSettings, ...empty });
    expect(config).toEqual(configured(leastSettings));
    expect(config).not.toHaveProperty("postgres");
  });

  it("has its keys in Pulumi.yaml, where the CLI looks for them", () => {
    const { config } = parse(readFileSync(join(__dirname, "../../Pulumi.yaml"), "utf8")) as {
      config: object;
    };
    expect(Object.keys(config).sort()).toEqual(Object.keys(stackSchema(clubhouse).shape).sort());
  });

  it("is that of the project; others have theirs", () => {
    configure(leastSettings);
    const all = pulumi.runtime.allConfig();
    pulumi.runtime.setAllConfig({ ...all, "docker:host": "ssh://host", "other:app": "togather" });
    expect(readConfig(project, "test").app).toBe(clubhouse);
  });

  it("takes whole numbers also as text, which is how `pulumi config set` may write them", () => {
    const config = configured({ ...leastSettings, ports: { http: "8080", https: 8443 } });
    expect(config.ports).toEqual({ http: 8080, https: 8443 });
  });

  it("takes fractions of cores also as text, which is how `pulumi config set --path` writes them", () => {
    const config = configured({ ...leastSettings, resources: { backend: { cpus: "0.5" } } });
    expect(config.resources).toEqual({ backend: { cpus: 0.5 } });
  });
});

describe("the domain of Grafana", () => {
  const { grafana, ...domains } = leastSettings.domains;
  const problem =
    "slipway:domains.grafana is missing: set it to the host name of Grafana, such as grafana.example.com, or set slipway:observability.profile to off (pulumi config set --path 'domains.grafana' <value>)";

  it.each(["full", "noTraces", "metricsOnly"])("is needed with the profile %s", (profile) => {
    expect(problems({ ...leastSettings, domains, observability: { profile } })).toEqual([problem]);
  });

  it("isn't needed when nothing is observed, and nothing is served under it then", () => {
    const off = { observability: { profile: "off" } };
    expect(configured({ ...leastSettings, domains, ...off }).domains).toEqual(domains);
    expect(configured({ ...leastSettings, domains: { ...domains, grafana }, ...off }).domains).toEqual(
      domains,
    );
  });
});

describe("the system", () => {
  const systems = Object.keys(catalog).join(", ");

  it("must be named", () => {
    const { app: _, ...rest } = leastSettings;
    expect(problems(rest)).toEqual([
      `slipway:app is missing: set it to one of ${systems} (pulumi config set app ${Object.keys(catalog)[0]})`,
    ]);
    expect(problems({ ...rest, app: "" })).toHaveLength(1);
  });

  it("must be one of the catalogue", () => {
    expect(problems({ ...leastSettings, app: "clubhaus" })).toEqual([
      `slipway:app is "clubhaus": it must be one of ${systems}. Did you mean clubhouse?`,
    ]);
    expect(problems({ ...leastSettings, app: "wiki" })).toEqual([
      `slipway:app is "wiki": it must be one of ${systems}`,
    ]);
    expect(problems({ ...leastSettings, app: "constructor" })).toHaveLength(1);
  });
});

it("tells every problem at once, one line each, and that nothing was changed", () => {
  const settings = {
    ...leastSettings,
    domains: {},
    replicas: { backend: 0 },
    imgaes: {},
    ports: { http: "x" },
  };
  configure({ ...settings, imgaes: { backend: "app:1" } });
  expect(() => readConfig(project, "production")).toThrow(
    [
      "5 problems in the configuration of stack production (Pulumi.production.yaml); nothing was changed:",
      "  - slipway:domains.app is missing: set it to a host name in lower case, such as app.example.com (pulumi config set --path 'domains.app' <value>)",
      "  - slipway:replicas.backend is 0: it must be a whole number from 1 to 50",
      '  - slipway:ports.http is "x": it must be a whole number from 1 to 65535',
      "  - slipway:imgaes is not a known key. Did you mean images? Otherwise allowed are app, aws, backups, bootstrapAdmin, digitalocean, dns, domains, host, imageMirror, images, machine, migrations, observability, ports, postgres, registries, replicas, resources, secrets, services, settings, sizes, ssh, timeouts, tls, version.",
      "  - slipway:domains.grafana is missing: set it to the host name of Grafana, such as grafana.example.com, or set slipway:observability.profile to off (pulumi config set --path 'domains.grafana' <value>)",
    ].join("\n"),
  );
});

it.each(["", undefined])("says nothing of JSON when the CLI names no encrypted keys (%j)", (keys) => {
  configure(leastSettings);
  vi.stubEnv("PULUMI_CONFIG_SECRET_KEYS", keys);
  expect(readConfig(project, "test").app).toBe(clubhouse);
});
