import { randomBytes } from "node:crypto";
import { clubhouse } from "../../../apps/clubhouse";
import type { SecretSpec } from "../../../apps/spec";
import { secretSpecs } from "../../../lib/secretSpecs";
import type { TestStack } from "../harness/stack";

/** Encrypts secrets into the stack's file, as `pulumi config set --secret --path secrets.<name>` does for each. */
export async function setSecrets(stack: TestStack, secrets: Readonly<Record<string, string>>): Promise<void> {
  const pairs = Object.entries(secrets).flatMap(([name, value]) => ["--secret", `secrets.${name}=${value}`]);
  const { exitCode, output } = await stack.start("config", "set-all", "--path", ...pairs).outcome;
  if (exitCode !== 0) throw new Error(`the secrets could not be set:\n${output}`);
}

/** A value of its own for every secret of the system, found wherever it turns up. */
export function canaries(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(secretSpecs(clubhouse)).map(([name, { form }]) => [name, canary(form)]),
  );
}

function canary(form: SecretSpec["form"]): string {
  const letters = `canary${randomBytes(16).toString("hex")}`;
  switch (form) {
    case "password":
      return letters;
    case "base64-32":
      return randomBytes(32).toString("base64");
    case "hex-32":
      return randomBytes(32).toString("hex");
    case "url":
      return `https://${letters}.invalid/`;
  }
}

/** Names of the secrets whose values are in a text, as they are or as JSON has them. */
export function secretsIn(text: string, secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets)
    .filter(([, value]) => text.includes(value) || text.includes(JSON.stringify(value).slice(1, -1)))
    .map(([name]) => name)
    .sort();
}
