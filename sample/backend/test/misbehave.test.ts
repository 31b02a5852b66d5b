import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createDatabase, type TestDatabase } from "./support/database.js";
import { migrate, run, serverEnvironment, startHealthyServer, startServer } from "./support/programs.js";
import { until } from "./support/waiting.js";

let database: TestDatabase;
before(async () => {
  database = await createDatabase();
  await migrate(database.owner);
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

test("errors: every other request under /api answers 500, the health check none", async () => {
  const server = await startHealthyServer(misbehaving("errors"));
  const ask = async (path: string) => (await fetch(`${server.url}${path}`)).status;
  const api: number[] = [];
  const health: number[] = [];
  for (let request = 0; request < 10; request++) {
    api.push(await ask("/api/notes"));
    health.push(await ask("/health"));
  }
  assert.deepEqual(
    [200, 500].map((status) => api.filter((answer) => answer === status).length),
    [5, 5],
  );
  assert.deepEqual([...new Set(health)], [200]);
  // The alert's sources: the metric and the log.
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  assert.match(metrics, /http_requests_total{method="GET",route="\/api\/notes",status="500"} 5/);
  assert.equal(server.output().match(/"level":"error".*failing on purpose\\n {4}at /g)?.length, 5);
  assert.equal(await server.stop(), 0);
});

test("slow: a request under /api takes 3 s, the health check doesn't", async () => {
  const server = await startHealthyServer(misbehaving("slow"));
  const ask = async (path: string) => {
    const started = performance.now();
    assert.equal((await fetch(`${server.url}${path}`)).status, 200);
    return performance.now() - started;
  };
  const [api, health] = await Promise.all([ask("/api/notes"), ask("/health")]);
  assert.ok(api >= 2_990 && api < 5_000, `took ${api} ms`);
  assert.ok(health < 2_000, `the health check took ${health} ms`);
  assert.equal(await server.stop(), 0);
});

test("unhealthy-later: healthy for 20 s, then never again until a restart", async () => {
  const server = await startHealthyServer(misbehaving("unhealthy-later"));
  const status = async () => (await fetch(`${server.url}/health`)).status;
  // Measured from here, the process is a little older.
  const started = performance.now();
  await sleep(15_000);
  assert.equal(await status(), 200);
  await until(async () => (await status()) === 503, "it is unhealthy");
  const took = performance.now() - started;
  assert.ok(took < 20_500, `unhealthy after ${took} ms`);
  await sleep(2_000);
  assert.equal(await status(), 503);
  assert.equal((await fetch(`${server.url}/api/notes`)).status, 200);
  assert.equal(await server.stop(), 0);
  const again = await startHealthyServer(misbehaving("unhealthy-later"));
  assert.equal(await again.stop(), 0);
});

/** What `/health`, the list, a new note and the count of a release answer, and the texts in its list. */
async function tried(env: Record<string, string>) {
  const server = await startServer(env);
  const ask = async (path: string, init?: RequestInit) => (await fetch(`${server.url}${path}`, init)).status;
  const body = JSON.stringify({ text: `of ${env.MISBEHAVE || "before"}` });
  const written = { method: "POST", headers: { "content-type": "application/json" }, body };
  const statuses = [
    await ask("/health"),
    await ask("/api/notes", written),
    await ask("/api/notes"),
    await ask("/api/notes/count"),
  ];
  const list = (await (await fetch(`${server.url}/api/notes`)).json()) as { notes?: { text: string }[] };
  assert.equal(await server.stop(), 0);
  return { statuses, texts: list.notes?.map(({ text }) => text) };
}

test("adds-column and renames-column: work with their schema, and before it wait for it; earlier ones take the first", async () => {
  const changing = await createDatabase();
  const release = (MISBEHAVE: string) => ({ ...serverEnvironment(changing.app), MISBEHAVE });
  const migrateAs = (MISBEHAVE: string) => migrate({ ...changing.owner, MISBEHAVE });
  const works = [200, 201, 200, 200];
  await migrateAs("");
  assert.deepEqual(await tried(release("")), { statuses: works, texts: ["of before"] });
  assert.equal((await tried(release("adds-column"))).statuses[0], 503);
  await migrateAs("adds-column");
  for (const name of ["", "adds-column"]) assert.deepEqual((await tried(release(name))).statuses, works);
  assert.equal((await tried(release("renames-column"))).statuses[0], 503);
  await migrateAs("renames-column");
  const { statuses, texts } = await tried(release("renames-column"));
  assert.deepEqual(statuses, works);
  assert.deepEqual(texts, [
    "of renames-column",
    "of adds-column",
    "of before",
    "of adds-column",
    "of before",
  ]);
  for (const name of ["", "adds-column"]) {
    assert.deepEqual((await tried(release(name))).statuses, [200, 500, 500, 200], name);
  }
  await changing.end();
});

test("README.md lists exactly what MISBEHAVE takes", async () => {
  const { output } = await run("server", misbehaving("grumpy"));
  const [, known = ""] = output.match(/MISBEHAVE must be (.*); it is/) ?? [];
  const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
  const [, table = ""] =
    readme.split("### Misbehaving on purpose")[1]?.match(/\| ---.*\n([\s\S]*?)\n\n/) ?? [];
  assert.deepEqual(
    table.split("\n").map((row) => row.match(/^\| `([\w:-]+)`/)?.[1]),
    known.split(/, | or /).map((value) => value.replace("<seconds>", "20")),
  );
});

test("an unknown misbehaviour is refused", async () => {
  const { code, output } = await run("server", misbehaving("grumpy"));
  assert.equal(code, 1);
  assert.match(output, /MISBEHAVE must be never-healthy, slow-start:<seconds>, .*; it is "grumpy"/);
});
