import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { catalog } from "./apps/catalog";
import type { AppSpec, SizeSpec } from "./apps/spec";
import { ConfigurationError, describeIssues } from "./lib/configurationErrors";
import { effectiveApp, servicesIn, switchedOff } from "./lib/effectiveApp";
import { missingCredentials } from "./lib/host/credentials";
import { backupsOfHost } from "./lib/host/store";
import { partDomains } from "./lib/observability/partDomains";
import { isGroup, rawSettings } from "./lib/rawSettings";
import { defined, mapValues } from "./lib/records";
import { sizesOf } from "./lib/sizing";
import { specProblems } from "./lib/specProblems";
import { plainIn } from "./lib/stackFile";
import { type StackSettings, stackSchema } from "./lib/stackSchema";
import { closest } from "./lib/suggestion";

/** Where AWS' own tools keep who asks. */
const awsFiles = ["credentials", "config"];

/** A stack's configuration, checked and complete. */
export interface StackConfig
  extends Omit<StackSettings, "app" | "domains" | "secrets" | "settings" | "sizes"> {
  readonly stack: string;
  /** Without the optional services that the stack doesn't name, nor what only they use. */
  readonly app: AppSpec;
  /** Public host names by the short name of the domain: those that something is served under. */
  readonly domains: Readonly<Record<string, string>>;
  /** What the stack sets under `secrets`; the rest is generated. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** What isn't secret and differs from stack to stack, with the defaults. What isn't set and has none is missing. */
  readonly settings: Readonly<Record<string, string>>;
  /** Of each service that has sizes. What the stack sets under `resources` and `replicas` comes before them. */
  readonly sizes: Readonly<Record<string, SizeSpec>>;
}

/**
 * Reads and checks the configuration of the stack. The only place that reads it.
 *
 * @param folder where the stack's file is.
 * @throws {ConfigurationError} with every problem at once.
 */
export function readConfig(
  project = pulumi.getProject(),
  stack = pulumi.getStack(),
  folder = __dirname,
): StackConfig {
  const settings = rawSettings(pulumi.runtime.allConfig(), project);
  const spec = chosenApp(stack, settings.app);
  const mistakes = specProblems(spec);
  if (mistakes.length > 0) throw new ConfigurationError(stack, mistakes);
  const schema = stackSchema(spec, settings);
  const result = schema.safeParse(settings);
  const encrypted = encryptedKeys(project);
  const problems = [
    ...plainSecrets(settings, encrypted, () => stackFile(folder, stack), project),
    ...(result.success
      ? missingCredentials({
          config: result.data,
          environment: process.env,
          settings: pulumi.runtime.allConfig(),
          awsFiles: awsFiles.some((file) => existsSync(join(homedir(), ".aws", file))),
        })
      : describeIssues(result.error.issues, settings, schema, {
          encrypted,
          explained: switchedOff(spec, servicesIn(settings)),
        })),
  ];
  if (!result.success || problems.length > 0) throw new ConfigurationError(stack, problems);

  const app = effectiveApp(spec, result.data.services);
  return {
    ...result.data,
    stack,
    app,
    domains: servedDomains(app, result.data),
    secrets: mapValues(defined(result.data.secrets), (value) => pulumi.secret(value)),
    settings: defined(result.data.settings),
    sizes: sizesOf(app, result.data.sizes),
    backups: backupsOfHost(result.data),
  };
}

function servedDomains(app: AppSpec, { domains, observability }: StackSettings): Record<string, string> {
  const served: Record<string, string> = {};
  for (const [name, host] of Object.entries(domains)) {
    const idle = name in partDomains(app) && observability.profile === "off";
    if (host !== undefined && !idle) served[name] = host;
  }
  return served;
}

function chosenApp(stack: string, name: unknown): AppSpec {
  const names = Object.keys(catalog);
  const app = typeof name === "string" && Object.hasOwn(catalog, name) ? catalog[name] : undefined;
  if (app !== undefined) return app;
  const guess = typeof name === "string" ? closest(name, names) : undefined;
  const problem =
    name === undefined
      ? `slipway:app is missing: set it to one of ${names.join(", ")} (pulumi config set app ${names[0]})`
      : `slipway:app is ${JSON.stringify(name)}: it must be one of ${names.join(", ")}` +
        (guess === undefined ? "" : `. Did you mean ${guess}?`);
  throw new ConfigurationError(stack, [problem]);
}

/** Keys that the stack file has encrypted, or has something encrypted in. */
function encryptedKeys(project: string): ReadonlySet<string> {
  const keys = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS || "[]") as string[];
  const prefix = `${project}:`;
  return new Set(keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length)));
}

/** Names and values are as the program has them, so that what another file or environment sets isn't mistaken for it. */
function plainSecrets(
  { secrets }: Record<string, unknown>,
  encrypted: ReadonlySet<string>,
  stackFile: () => string,
  project: string,
): string[] {
  if (!isGroup(secrets)) return [];
  // One encrypted secret makes Pulumi call the whole group encrypted. Which of them are, only the file tells.
  const plain = encrypted.has("secrets") ? plainIn(stackFile(), `${project}:secrets`) : secrets;
  const names = Object.keys(secrets).filter(
    (name) => Object.hasOwn(plain, name) && plain[name] === secrets[name],
  );
  return names.map(
    (name) =>
      `slipway:secrets.${name} is stored as plain text: encrypt it (pulumi config set --secret --path 'secrets.${name}')`,
  );
}

/** Nothing when the settings come from elsewhere, as with `--config-file`. */
function stackFile(folder: string, stack: string): string {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
