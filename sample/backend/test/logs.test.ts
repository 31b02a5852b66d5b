import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDatabase, type TestDatabase } from "./support/database.js";
import { type ReceivedLog, type Receiver, receiveLogs, receiveTraces } from "./support/otlp.js";
import { migrate, serverEnvironment, startHealthyServer } from "./support/programs.js";

let database: TestDatabase;
let logs: Receiver<ReceivedLog>;
before(async () => {
  database = await createDatabase();
  await migrate(database.owner);
  logs = await receiveLogs();
});
after(async () => {
  await logs.end();
  await database.end();
});

const logged = (variables: Record<string, string> = {}) =>
  startHealthyServer({
    ...serverEnvironment(database.app),
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `http://127.0.0.1:${logs.port}/otlp/v1/logs`,
    ...variables,
  });

const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

test("a request's record: severity, message, attributes, who sent it, and the ids of its trace", async () => {
  const traces = await receiveTraces();
  const server = await logged({
    OTEL_EXPORTER_OTLP_ENDPOINT: `127.0.0.1:${traces.port}`,
    OTEL_SERVICE_NAME: "clubhouse-backend",
    OTEL_RESOURCE_ATTRIBUTES: "slipway.stack=local",
  });
  const sent = performance.now();
  await fetch(`${server.url}/api/notes`, { headers: { traceparent, "x-request-id": "from-the-proxy" } });
  const { durationMs, ...attributes } = (
    await logs.find("the record is there", (record) => record.traceId === traceId)
  ).attributes;
  assert.ok(performance.now() - sent < 4_000, "a record is there within seconds");
  assert.ok(Number.isInteger(durationMs), `durationMs is ${durationMs}`);
  assert.deepEqual(attributes, {
    environment: "production",
    requestId: "from-the-proxy",
    method: "GET",
    route: "/api/notes",
    status: 200,
    ip: "127.0.0.1",
  });

  const record = logs.received.find((found) => found.traceId === traceId);
  const span = await traces.find("the span is there", (found) => found.name === "GET /api/notes");
  assert.deepEqual(
    [record?.severity, record?.level, record?.body, record?.spanId, record?.flags],
    [9, "info", "request", span.spanId, 1],
  );
  assert.deepEqual(record?.resource, {
    "service.name": "clubhouse-backend",
    "service.version": "1.2.3",
    "slipway.stack": "local",
  });
  await server.stop();
  await traces.end();
});

test("an error's record has the exception; without traces there are no ids, neither here nor on stdout", async () => {
  const server = await logged();
  await database.query("ALTER TABLE notes RENAME TO mislaid");
  await fetch(`${server.url}/api/notes`, { headers: { traceparent } });
  await database.query("ALTER TABLE mislaid RENAME TO notes");
  const record = await logs.find("the error is there", ({ level }) => level === "error");
  assert.deepEqual(
    [record.severity, record.body, record.traceId, record.spanId],
    [17, "request failed", "", ""],
  );
  assert.equal(record.attributes["exception.type"], "DatabaseError");
  assert.match(String(record.attributes["exception.message"]), /relation "notes" does not exist/);
  assert.match(String(record.attributes["exception.stacktrace"]), /Notes\.list/);
  assert.equal((record.attributes.err as { code: string }).code, "42P01");
  assert.doesNotMatch(server.output(), /trace_id|span_id/);
  assert.match(server.output(), /"level":"error".*"stack":".*Notes\.list/);
  await server.stop();
});

test("every line of stdout is sent, up to the last one before the end", async () => {
  const before = logs.received.length;
  const server = await logged();
  await fetch(`${server.url}/api/notes`);
  assert.equal(await server.stop(), 0);
  const lines = server.output().trim().split("\n");
  assert.deepEqual(
    logs.received.slice(before).map(({ body }) => body),
    lines.map((line) => JSON.parse(line).msg),
  );
  assert.equal(logs.received.at(-1)?.body, "stopped");
});
