import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { YAMLMap } from "yaml";
import type { Client } from "./harness/client";
import { docker } from "./harness/engine";
import { buildReleases } from "./harness/images";
import { TestStack } from "./harness/stack";
import { engineIsShared, restartEngine } from "./support/engineRestart";
import { everySetting } from "./support/everything";
import { canaries, setSecrets } from "./support/secrets";

const patience = 120_000;

let stack: TestStack;
let client: Client;

beforeAll(async () => {
  await buildReleases(["1.0.0"]);
  stack = await TestStack.create("stability", {
    ports: { http: 18094, https: 18455 },
    settings: await everySetting("1.0.0"),
  });
  await setSecrets(stack, canaries());
  await stack.up();
  client = await stack.client();
});

afterAll(async () => {
  await stack?.destroyAll();
});

/** Ids of all containers. */
async function identities(): Promise<string[]> {
  return (await stack.containers()).map(({ Id }) => Id).sort();
}

async function everythingHealthy(): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    const permanent = (await stack.containers()).filter(
      ({ HostConfig }) => (HostConfig.RestartPolicy as { Name: string }).Name === "unless-stopped",
    );
    const states = permanent.map(({ Name, State }) => `${Name} ${State.Health?.Status ?? State.Status}`);
    if (states.every((state) => state.endsWith(" healthy"))) break;
    if (Date.now() > deadline) throw new Error(states.join(", "));
    await sleep(500);
  }
  // The proxy has to notice as well.
  while ((await client.get("/api/health").catch(() => undefined))?.status !== 200) {
    if (Date.now() > deadline) throw new Error("the proxy serves no request");
    await sleep(500);
  }
}

/** What a preview with --refresh would do to each resource, but for those that stay as they are. */
async function plannedAfterRefresh(): Promise<string[]> {
  const { output, exitCode } = await stack.start(
    ...["preview", "--stack", stack.name, "--refresh", "--json", "--non-interactive"],
  ).outcome;
  expect(exitCode, output).toBe(0);
  const { steps } = JSON.parse(output.slice(output.indexOf("{\n"), output.lastIndexOf("}") + 1)) as {
    steps: { op: string; urn: string }[];
  };
  expect(steps.length).toBeGreaterThan(30);
  // "refresh" is the look at each.
  return steps.filter(({ op }) => op !== "same" && op !== "refresh").map(({ op, urn }) => `${op} ${urn}`);
}

test("an update with the same settings changes nothing", async () => {
  const before = await identities();
  const output = await stack.up("--expect-no-changes");
  expect(output).toMatch(/\d+ unchanged/);
  expect(await identities()).toEqual(before);
});

test("nor one with the same settings in another order", async () => {
  await stack.edit((document) => {
    const reverse = (map: unknown) => {
      if (!(map instanceof YAMLMap)) return;
      map.items.reverse();
      for (const { value } of map.items) reverse(value);
    };
    reverse(document.get("config"));
  });
  await stack.up("--expect-no-changes");
});

test("nothing is to be done after every container was started again", async () => {
  const { body } = await client.post("/api/notes", { text: "before" });
  const running = (await stack.containers()).filter(({ State }) => State.Running).map(({ Id }) => Id);
  await docker("container", "restart", ...running);
  await everythingHealthy();
  expect(await plannedAfterRefresh()).toEqual([]);
  await stack.up("--refresh", "--expect-no-changes");
  expect((await client.get("/api/notes")).body).toContain(JSON.parse(body).id);
});

test("nothing is to be done after the engine was started again", async ({ skip }) => {
  const reason = engineIsShared();
  if (reason !== undefined) skip(reason);
  const before = await identities();
  await restartEngine();
  await everythingHealthy();
  expect(await plannedAfterRefresh()).toEqual([]);
  await stack.up("--expect-no-changes");
  expect(await identities()).toEqual(before);
  expect((await client.get("/api/notes")).body).toContain("before");
});
