import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDatabase, type TestDatabase } from "./support/database.js";
import {
  migrate,
  run,
  serverEnvironment,
  startHealthyServer,
  startServer,
  type TestServer,
} from "./support/programs.js";
import { until } from "./support/waiting.js";

let database: TestDatabase;
before(async () => {
  database = await createDatabase();
});
after(() => database.end());

interface Health {
  status: string;
  version: string;
  database: { status: string; latencyMs: number };
  redis: { status: string };
  migrations: { applied: number; expected: number; latest: string; pending: string[] };
  uptime: number;
}

async function health(server: TestServer): Promise<{ code: number; body: Health }> {
  const answer = await fetch(`${server.url}/health`);
  return { code: answer.status, body: (await answer.json()) as Health };
}

const healthcheck = (server: TestServer) => run("curl", {}, "-fsS", `${server.url}/health`);

test("pending migrations: 503 until they are applied; the server itself never applies them", async () => {
  const server = await startServer(serverEnvironment(database.app));
  const pending = await health(server);
  assert.equal(pending.code, 503);
  assert.equal(pending.body.status, "unhealthy");
  assert.deepEqual(pending.body.migrations.pending, ["0001_notes", "0002_users"]);
  const bad = await healthcheck(server);
  assert.equal(bad.code, 1);
  assert.match(bad.output, /^503 .*"pending":\["0001_notes","0002_users"\]/);

  await migrate(database.owner);
  await until(async () => (await health(server)).code === 200, "the server is healthy");
  const { body } = await health(server);
  assert.equal(body.version, "1.2.3");
  assert.equal(body.database.status, "healthy");
  assert.ok(body.database.latencyMs > 0 && body.uptime >= 0);
  assert.equal(body.redis.status, "healthy");
  assert.deepEqual(
    [body.migrations.applied, body.migrations.expected, body.migrations.latest],
    [2, 2, "0002_users"],
  );
  assert.equal((await healthcheck(server)).code, 0);
  assert.equal((await fetch(`${server.url}/api/health`)).status, 200);

  // A newer release migrates while this one still serves.
  await database.query("INSERT INTO schema_migrations (name, run_on) VALUES ('0003_newer', now())");
  assert.equal((await health(server)).code, 200);
  assert.equal(await server.stop(), 0);
});

test("no database, no Redis: the server starts, says so and stops well", async () => {
  const server = await startServer({
    ...serverEnvironment(database.app),
    POSTGRES_PORT: "1",
    REDIS_PORT: "1",
  });
  const { code, body } = await health(server);
  assert.equal(code, 503);
  assert.deepEqual([body.database.status, body.redis.status], ["unhealthy", "unhealthy"]);
  assert.match(server.output(), /ECONNREFUSED/);
  assert.equal(await server.stop(), 0);
  assert.equal((await healthcheck(server)).code, 1);
});

test("a wrong Redis password is unhealthy", async () => {
  const server = await startServer({ ...serverEnvironment(database.app), REDIS_PASSWORD: "wrong" });
  await until(() => server.output().includes("WRONGPASS"), "the log names the reason");
  assert.equal((await health(server)).body.redis.status, "unhealthy");
  assert.equal(await server.stop(), 0);
});

test("/metrics counts by route and status, on the container's port only", async () => {
  const server = await startHealthyServer(serverEnvironment(database.app));
  await fetch(`${server.url}/api/notes?limit=1`);
  await fetch(`${server.url}/nowhere/4711`);
  const text = await (await fetch(`${server.url}/metrics`)).text();
  assert.match(text, /http_requests_total{method="GET",route="\/api\/notes",status="200"} 1/);
  assert.match(text, /http_requests_total{method="GET",route="none",status="404"} 1/);
  assert.match(text, /http_request_duration_seconds_bucket{le="0.005",method="GET",route="\/api\/notes"/);
  assert.match(text, /websocket_connections 0/);
  assert.match(text, /database_pool_connections{state="idle"} \d/);
  assert.match(text, /process_cpu_user_seconds_total/);
  assert.equal((await fetch(`${server.url}/api/metrics`)).status, 404);
  await server.stop();
});
