import * as pulumi from "@pulumi/pulumi";
import { vi } from "vitest";
import { readConfig, type StackConfig } from "../../config";
import { ConfigurationError } from "../../lib/configurationErrors";
import { project, stack } from "./mocks";

export type Settings = Readonly<Record<string, unknown>>;

/** As little as Clubhouse needs. */
export const leastSettings = {
  app: "clubhouse",
  domains: { app: "clubhouse.example.com" },
  images: { backend: "ghcr.io/org/backend:1.0.0", frontend: "ghcr.io/org/frontend:1.0.0" },
  tls: { mode: "acme", email: "ops@example.com" },
};

/** Has the SDK hold settings as the CLI hands them over: text as it is, what is nested as JSON. */
export function configure(settings: Settings, encrypted: readonly string[] = ["secrets"]): void {
  const written = Object.entries(settings).map(([key, value]) => [
    `${project}:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const keys = encrypted.map((key) => `${project}:${key}`);
  pulumi.runtime.setAllConfig(Object.fromEntries(written), keys);
  vi.stubEnv("PULUMI_CONFIG_SECRET_KEYS", JSON.stringify(keys));
}

export function configured(settings: Settings, encrypted?: readonly string[]): StackConfig {
  configure(settings, encrypted);
  return readConfig(project, stack);
}

/** The problems that a configuration is refused for. Anything else that is thrown goes on. */
export function problems(settings: Settings, encrypted?: readonly string[]): readonly string[] {
  try {
    configured(settings, encrypted);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}
