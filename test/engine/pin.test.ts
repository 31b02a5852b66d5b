import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestStack } from "./harness/stack";

let stack: TestStack;

beforeAll(async () => {
  stack = await TestStack.create("pin", {
    ports: { http: 18096, https: 18459 },
    settings: {
      backups: undefined,
      observability: undefined,
      domains: { app: "clubhouse.localhost", grafana: "grafana.localhost" },
      // Nothing is started, and every registry has these.
      images: { backend: "node:20.20.2-bookworm-slim", frontend: "caddy:2.11.9" },
    },
  });
});

afterAll(async () => {
  await stack?.destroyAll();
});

test("a stack that is pinned keeps to the rules of production", async () => {
  const { exitCode, output } = await stack.operation("pin", "--stack", stack.name, "--yes");
  expect(exitCode, output).toBe(0);
  expect(output).toContain("18 of 18 pins:");
  const written = await readFile(stack.file, "utf8");
  expect(written.match(/^ {4}\w+: \S+:[^\s@]+@sha256:[0-9a-f]{64}$/gm)).toHaveLength(18);

  const again = await stack.operation("pin", "--stack", stack.name);
  expect(again.output).toContain("All pins of stack pin have digests; nothing was changed");

  const config = { "images-by-digest": { stacks: [stack.name] } };
  await writeFile(join(stack.folder, "policyConfig.json"), JSON.stringify(config));
  const pack = ["--policy-pack", "policy", "--policy-pack-config", "policyConfig.json"];
  const preview = await stack.preview(...pack);
  expect(preview).toContain("slipway@v0.1.0 (local: policy)");
  expect(preview).not.toContain("images-by-digest");
});
