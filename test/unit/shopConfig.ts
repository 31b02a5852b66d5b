import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { StackConfig } from "../../config";
import { backupSettings } from "../../lib/backup/settings";
import { awsSettings, digitalOceanSettings, dnsSettings } from "../../lib/host/settings";
import { observabilitySettings } from "../../lib/observability/settings";
import { pins, shop } from "./fixtures";
import { stack } from "./mocks";

/** A stack's configuration of the shop, as `readConfig` would give it. */
export function shopConfig(change: Partial<StackConfig> = {}): StackConfig {
  return {
    stack,
    app: shop,
    version: undefined,
    services: [],
    host: "local",
    machine: undefined,
    ssh: undefined,
    digitalocean: digitalOceanSettings.parse({}),
    aws: awsSettings.parse({}),
    dns: dnsSettings.parse({}),
    domains: { web: "shop.example.com", admin: "admin.example.com" },
    images: pins,
    registries: {},
    imageMirror: undefined,
    replicas: {},
    resources: {},
    secrets: { licence: pulumi.secret("value of licence") },
    settings: {},
    sizes: {},
    tls: { mode: "acme", email: "admin@example.com" },
    ports: { http: 80, https: 443 },
    bootstrapAdmin: { username: "ada" },
    observability: observabilitySettings.parse({ profile: "off" }),
    backups: backupSettings.parse({ enabled: false }),
    migrations: { backwardCompatible: [], skip: false, force: false },
    timeouts: { ready: 90, drain: 20, migration: 600 },
    ...change,
  };
}

/** Besides the pins of the shop, where it is backed up. */
export const backupPins = { restic: "restic/restic:0.18.1", node: "node:20.20.2-bookworm-slim" };

/** The same for a stack that is backed up, as it is by default. */
export function backedUpShop(
  backups: z.input<typeof backupSettings> = {},
  change: Partial<StackConfig> = {},
): StackConfig {
  return shopConfig({
    images: { ...pins, ...backupPins },
    backups: backupSettings.parse(backups),
    ...change,
  });
}

/** A store in which backups go. */
export const store = { endpoint: "https://store.example.com", bucket: "backups" };
