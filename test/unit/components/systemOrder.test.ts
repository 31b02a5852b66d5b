import { expect, it } from "vitest";
import { LocalHost } from "../../../components/host/localHost";
import { System } from "../../../components/system";
import { types } from "../fixtures";
import { holdAt } from "../holding";
import { type Recording, type Registration, record, unknown } from "../mocks";
import { shopConfig } from "../shopConfig";

function heldAt(held: string) {
  return holdAt(held, () => new System("shop", { host: new LocalHost("host"), config: shopConfig() }));
}

const release = ["api-0", "api-1", "page-0"];

it("starts no container of a release before its migration has succeeded", async () => {
  const { reached, recording } = await heldAt("migration-run");
  expect(reached).toContain("migration-run");
  expect(reached).toContain("redis-ready");
  for (const name of [...release, "api-ready", "page-ready", "proxy-apply", "bootstrap-admin-container"]) {
    expect(reached, name).not.toContain(name);
    expect(recording.get(name).name).toBe(name);
  }
});

it("migrates when the database has its roles", async () => {
  const { reached } = await heldAt("postgres-roles");
  expect(reached).toContain("postgres-server");
  expect(reached).not.toContain("migration-container");
  expect(reached).not.toContain("migration-run");
});

it("starts what uses Redis when Redis answers", async () => {
  const { reached } = await heldAt("redis-ready");
  expect(reached).toContain("redis-server");
  for (const name of ["api-0", "api-1", "migration-container"]) expect(reached, name).not.toContain(name);
});

it.each(["api-ready", "page-ready"])("switches the traffic after %s", async (ready) => {
  const { reached } = await heldAt(ready);
  expect(reached).toEqual(expect.arrayContaining([...release, "proxy-server"]));
  expect(reached).not.toContain("proxy-apply");
});

it.each(["api-0", "api-1"])("does not take %s for ready before it is there", async (container) => {
  const { reached } = await heldAt(container);
  expect(reached).not.toContain("api-ready");
});

it.each(["images-page", "images-proxy"])("changes nothing before %s is pulled", async (image) => {
  const { reached, recording } = await heldAt(image);
  const changed = reached.filter((name) =>
    [types.container, types.command].includes(recording.all.find((one) => one.name === name)?.type ?? ""),
  );
  expect(changed).toEqual([]);
});

it("is deployed when the traffic is switched", async () => {
  const { reached } = await heldAt("proxy-apply");
  expect(reached).toContain("proxy-apply");
  expect(reached).not.toContain("deployment-note");
});

it("waits for the network nowhere but where it is joined", async () => {
  const { reached } = await heldAt("networks-edge");
  expect(reached).toEqual(expect.arrayContaining(["images-api", "postgres-data", "postgres-server"]));
  for (const name of [...release, "proxy-server"]) expect(reached, name).not.toContain(name);
});

it("writes down in the state what depends on what", async () => {
  const recording = await record(
    () => new System("shop", { host: new LocalHost("host"), config: shopConfig() }),
  );
  expect(recording.get("proxy-apply").dependencies).toEqual(
    expect.arrayContaining(["api-0", "api-1", "api-ready", "page-0", "page-ready", "proxy-server"]),
  );
  for (const name of [...release, "bootstrap-admin-container"]) {
    expect([...dependencies(recording, name)], name).toEqual(
      expect.arrayContaining(["migration-run", "migration-container", "images-api"]),
    );
  }
  expect([...dependencies(recording, "migration-run")]).toEqual(
    expect.arrayContaining(["postgres-roles", "postgres-server", "postgres-data"]),
  );
  expect([...dependencies(recording, "migration-run")]).not.toEqual(expect.arrayContaining(["api-0"]));
});

/** All that a resource needs, also by its parents and by what those need. */
function dependencies(recording: Recording<System>, name: string, found = new Set<string>()): Set<string> {
  const one = recording.get(name);
  const parent: Registration | undefined = recording.all.find(({ urn }) => urn === one.parent);
  for (const next of [...one.dependencies, ...(parent === undefined ? [] : [parent.name])]) {
    if (found.has(next)) continue;
    found.add(next);
    dependencies(recording, next, found);
  }
  return found;
}

it("guesses nothing in a preview of what only the engine knows", async () => {
  const recording = await record(
    () => new System("shop", { host: new LocalHost("host"), config: shopConfig() }),
    { preview: true },
  );
  // What is deployed is known from the configuration alone.
  const asked = recording.ofType(types.command).filter(({ name }) => name !== "deployment-note");
  for (const { name, inputs } of asked) {
    expect(JSON.stringify(inputs.stdin), name).toContain(unknown);
  }
});

it("is the same program at the second run", async () => {
  const run = async () => {
    const { all } = await record(
      () => new System("shop", { host: new LocalHost("host"), config: shopConfig() }),
    );
    return [...all].sort((a, b) => (a.urn < b.urn ? -1 : 1));
  };
  expect(await run()).toEqual(await run());
});
