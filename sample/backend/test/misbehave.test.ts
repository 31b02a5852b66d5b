import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDatabase, type TestDatabase } from "./support/database.js";
import { run, serverEnvironment, startHealthyServer, startServer } from "./support/programs.js";

let database: TestDatabase;
before(async () => {
  database = await createDatabase();
  await run("migrate", database.owner);
});
after(() => database.end());

const misbehaving = (how: string) => ({ ...serverEnvironment(database.app), MISBEHAVE: how });

test("never-healthy: everything works, the health check says no", async () => {
  const server = await startServer(misbehaving("never-healthy"));
  assert.equal((await fetch(`${server.url}/health`)).status, 503);
  assert.equal((await fetch(`${server.url}/api/notes`)).status, 200);
  assert.equal(await server.stop(), 0);
});

test("slow-start: takes its time, then all is well", async () => {
  const server = await startHealthyServer(misbehaving("slow-start:2"));
  assert.ok(server.startMs > 2_000, `listened after ${server.startMs} ms`);
  assert.equal(await server.stop(), 0);
});

test("exit-at-start", async () => {
  const { code, output } = await run("server", misbehaving("exit-at-start"));
  assert.equal(code, 1);
  assert.match(output, /misbehaving on purpose/);
});

test("failing-migration: its server would wait for that migration for ever", async () => {
  const server = await startServer(misbehaving("failing-migration"));
  assert.equal((await fetch(`${server.url}/health`)).status, 503);
  await server.stop();
});

test("an unknown misbehaviour is refused", async () => {
  const { code, output } = await run("server", misbehaving("grumpy"));
  assert.equal(code, 1);
  assert.match(output, /MISBEHAVE must be never-healthy, slow-start:<seconds>, .*; it is "grumpy"/);
});
