import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { catalog } from "../../apps/catalog";
import type { AppSpec } from "../../apps/spec";
import { documentOf } from "../../lib/diagram/document";
import { secretSpecs } from "../../lib/secretSpecs";
import { repository } from "../../setup/paths";
import { quotedSettings } from "../examples";
import { problems } from "./configured";
import { memoryLimits, roomOn } from "./memoryLimits";

// A system's description has files of stacks, each after a line like <!-- Pulumi.production.yaml -->, and the commands
// that set their secrets: whoever follows it must have a stack that is accepted.

beforeEach(() => {
  for (const name of ["DIGITALOCEAN_TOKEN", "SPACES_ACCESS_KEY_ID", "SPACES_SECRET_ACCESS_KEY"]) {
    vi.stubEnv(name, "given");
  }
});

afterEach(() => {
  vi.unstubAllEnvs();
});

it.each(Object.values(catalog))(
  "the stacks in the description of $name are accepted as they stand",
  (app) => {
    const text = readFileSync(join(repository, documentOf(app)), "utf8");
    const stacks = [...text.matchAll(/^<!-- Pulumi\.([\w-]+)\.yaml -->$/gm)].map(([, stack = ""]) => stack);
    expect(stacks).not.toEqual([]);
    for (const stack of stacks) {
      const settings = quotedSettings(stack, documentOf(app));
      expect(settings.app).toBe(app.name);
      expect({ stack, problems: problems({ ...settings, secrets: secretsIn(text, app, stack) }) }).toEqual({
        stack,
        problems: [],
      });
    }
  },
);

const values = {
  password: "a".repeat(32),
  "base64-32": Buffer.alloc(32).toString("base64"),
  "hex-32": "0".repeat(64),
  url: "https://example.com/",
};

const machines = Object.values(catalog).flatMap((app) => {
  const file = join(repository, documentOf(app));
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const stacks = text.matchAll(/^<!-- Pulumi\.([\w-]+)\.yaml -->\n```yaml\n# For a machine of (\d+) GB\.$/gm);
  return [...stacks].map(([, stack = "", memory]) => {
    const secrets = secretsIn(text, app, stack);
    return { app, stack, secrets, memory: Number(memory) };
  });
});

it.each(machines)(
  "the stack $stack in the description of $app.name fits the machine of $memory GB that it is for",
  async ({ app, stack, secrets, memory }) => {
    const limits = await memoryLimits({ ...quotedSettings(stack, documentOf(app)), secrets });
    expect(limits.length).toBeGreaterThan(5);
    expect(limits.reduce((total, limit) => total + limit, 0)).toBeLessThanOrEqual(roomOn(memory));
  },
);

/** Values of those that a document says how to set, in this stack or in whichever. */
function secretsIn(text: string, app: AppSpec, stack: string): Readonly<Record<string, string>> {
  const commands = text.matchAll(/pulumi config set\b.* --secret\b.*'secrets\.(\w+)'/g);
  const specs = secretSpecs(app);
  const stackOf = ([command]: RegExpExecArray) => / --stack (\S+)/.exec(command)?.[1] ?? stack;
  return Object.fromEntries(
    [...commands]
      .filter((command) => stackOf(command) === stack)
      .map(([, name = ""]) => {
        const { prefix = "", form = "password" } = specs[name] ?? {};
        return [name, prefix + values[form]];
      }),
  );
}
