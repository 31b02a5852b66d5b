import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Outcome } from "./harness/command";
import { TestStack } from "./harness/stack";

let stack: TestStack;

beforeAll(async () => {
  stack = await TestStack.create("policy", {
    ports: { http: 18097, https: 18458 },
    // All that a system can have: an undefined key goes back to its default.
    settings: {
      backups: undefined,
      observability: undefined,
      domains: { app: "clubhouse.localhost", grafana: "grafana.localhost" },
    },
  });
});

afterAll(async () => {
  await stack?.destroyAll();
});

/** A preview as the pipeline makes it. Nothing is created. */
function preview(...args: readonly string[]): Promise<Outcome> {
  const quiet = ["--non-interactive", "--color", "never"];
  return stack.start("preview", "--stack", stack.name, "--policy-pack", "policy", ...quiet, ...args).outcome;
}

/** Rules that are broken, as the CLI prints them. */
function broken(output: string): string[] {
  const lines = output.matchAll(/^\s+- \[(mandatory|advisory)\] {2}(\S+) /gm);
  return [...new Set([...lines].map(([, level, rule]) => `${level} ${rule}`))].sort();
}

test("a new stack keeps to the rules, and is advised to pin by digest", async () => {
  const { exitCode, output } = await preview();
  expect(exitCode, output).toBe(0);
  expect(output).toContain("slipway@v0.1.0 (local: policy)");
  // Were something that a rule asks for unknown in a preview, the CLI would say "advisory" of it, too.
  expect(broken(output)).toEqual(["advisory images-by-digest-advised"]);
});

test("what is required in production is required where the configuration says so", async () => {
  const inProduction = { stacks: [stack.name] };
  const config = {
    "images-by-digest": inProduction,
    "images-by-digest-advised": inProduction,
    "backups-on": inProduction,
  };
  await writeFile(join(stack.folder, "policyConfig.json"), JSON.stringify(config));
  await stack.set({ backups: { enabled: false } });
  const { exitCode, output } = await preview("--policy-pack-config", "policyConfig.json");
  expect(exitCode, output).not.toBe(0);
  expect(broken(output)).toEqual(["mandatory backups-on", "mandatory images-by-digest"]);
  expect(output).toMatch(/The image is \S*caddy:\S+, which has no digest\./);
});

test("a privileged container is refused by name", async () => {
  const file = join(stack.folder, "components", "container.ts");
  const source = await readFile(file, "utf8");
  await writeFile(file, source.replace("privileged: false", "privileged: true"));
  const { exitCode, output } = await preview();
  await writeFile(file, source);
  expect(exitCode, output).not.toBe(0);
  expect(broken(output)).toContain("mandatory no-privileged");
  expect(output).toContain("redis-server has privileged. Take it out; grant the one capability it needs.");
});
