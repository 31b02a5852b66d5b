import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config";
import { backupSettings } from "../../lib/backup/settings";
import { observabilitySettings } from "../../lib/observability/settings";
import { pins, shop } from "./fixtures";
import { stack } from "./mocks";

/** A stack's configuration of the shop, as `readConfig` would give it. */
export function shopConfig(change: Partial<StackConfig> = {}): StackConfig {
  return {
    stack,
    app: shop,
    host: "local",
    domains: { web: "shop.example.com", admin: "admin.example.com" },
    images: pins,
    registries: {},
    imageMirror: undefined,
    replicas: {},
    resources: {},
    secrets: { licence: pulumi.secret("value of licence") },
    tls: { mode: "acme", email: "admin@example.com" },
    ports: { http: 80, https: 443 },
    bootstrapAdmin: { username: "ada" },
    observability: observabilitySettings.parse({ profile: "off" }),
    backups: backupSettings.parse({ enabled: false }),
    migrations: { backwardCompatible: [] },
    timeouts: { ready: 90, drain: 20, migration: 600 },
    ...change,
  };
}
