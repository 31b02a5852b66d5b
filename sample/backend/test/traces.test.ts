import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, afterEach, before, test } from "node:test";
import { createDatabase, type TestDatabase } from "./support/database.js";
import { type ReceivedSpan, type Receiver, receiveTraces } from "./support/otlp.js";
import { migrate, serverEnvironment, startHealthyServer } from "./support/programs.js";
import { until } from "./support/waiting.js";

let database: TestDatabase;
let traces: Receiver<ReceivedSpan>;
before(async () => {
  database = await createDatabase();
  await migrate(database.owner);
  traces = await receiveTraces();
});
after(async () => {
  await traces.end();
  await database.end();
});
afterEach(() => database.query("DELETE FROM notes"));

const traced = (variables: Record<string, string> = {}) =>
  startHealthyServer({
    ...serverEnvironment(database.app),
    OTEL_EXPORTER_OTLP_ENDPOINT: `127.0.0.1:${traces.port}`,
    ...variables,
  });

/** What a caller sends to make the request part of its own trace. */
function caller(flags = "01") {
  const traceId = randomBytes(16).toString("hex");
  const parentId = randomBytes(8).toString("hex");
  return { traceId, parentId, headers: { traceparent: `00-${traceId}-${parentId}-${flags}` } };
}

const note = (traceparent: Record<string, string>) => ({
  method: "POST",
  headers: { "content-type": "application/json", ...traceparent },
  body: JSON.stringify({ text: "traced" }),
});

const spansOf = (traceId: string) => traces.received.filter((span) => span.traceId === traceId);
const serverSpan = (traceId: string) =>
  traces.find(
    `the span of ${traceId} is there`,
    (span) => span.traceId === traceId && span.kind === "server",
  );

function linesOf(output: string, traceId: string) {
  const lines = output.split("\n").filter((line) => line.includes(traceId));
  return lines.map((line) => JSON.parse(line));
}

test("a request: a server span in the caller's trace, its queries below it, its ids in the log", async () => {
  const server = await traced({ OTEL_SERVICE_NAME: "clubhouse-backend", OTEL_SERVICE_VERSION: "9.8.7" });
  const { traceId, parentId, headers } = caller();
  // A request with a body: reading it loses what was set before.
  assert.equal((await fetch(`${server.url}/api/notes`, note(headers))).status, 201);

  const span = await serverSpan(traceId);
  assert.equal(span.name, "POST /api/notes");
  assert.equal(span.parentId, parentId);
  assert.equal(span.error, false);
  assert.ok(span.ms > 0 && span.ms < 5_000, `took ${span.ms} ms`);
  assert.equal(span.attributes["http.route"], "/api/notes");
  assert.equal(span.attributes["http.request.method"], "POST");
  assert.equal(span.attributes["http.response.status_code"], 201);
  assert.deepEqual(span.resource, { "service.name": "clubhouse-backend", "service.version": "9.8.7" });

  const queries = spansOf(traceId).filter(({ kind }) => kind === "client");
  assert.deepEqual(
    queries.map((query) => [query.name, query.parentId, query.error]),
    [["INSERT notes", span.spanId, false]],
  );
  assert.match(
    String(queries[0]?.attributes["db.query.text"]),
    /^INSERT INTO notes .* VALUES \(\$1, \$2, \$3\)/,
  );
  assert.ok((queries[0]?.ms ?? 0) <= span.ms);

  const lines = linesOf(server.output(), traceId);
  assert.deepEqual(
    lines.map((line) => [line.span_id, line.trace_flags, line.method, line.route, line.status]),
    [[span.spanId, "01", "POST", "/api/notes", 201]],
  );
  await server.stop();
});

test("without a caller's trace each request has its own; a path nobody serves names no route", async () => {
  const server = await traced({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${traces.port}` });
  const already = new Set(traces.received);
  await fetch(`${server.url}/api/notes/count`);
  await fetch(`${server.url}/nowhere/4711`);
  const find = (name: string) =>
    traces.find(`a span ${name} is there`, (span) => span.name === name && !already.has(span));
  const [count, nowhere] = [await find("GET /api/notes/count"), await find("GET")];
  assert.deepEqual([count.parentId, nowhere.parentId], ["", ""]);
  assert.notEqual(count.traceId, nowhere.traceId);
  assert.equal(nowhere.attributes["http.response.status_code"], 404);
  assert.equal(nowhere.attributes["http.route"], undefined);
  assert.equal(nowhere.error, false);
  await server.stop();
});

test("what the caller doesn't sample isn't sent, but the log still names it", async () => {
  const server = await traced();
  const [silent, loud] = [caller("00"), caller("01")];
  await fetch(`${server.url}/api/notes`, { headers: silent.headers });
  await fetch(`${server.url}/api/notes`, { headers: loud.headers });
  assert.equal(await server.stop(), 0);
  assert.equal(spansOf(loud.traceId).length, 2);
  assert.equal(spansOf(silent.traceId).length, 0);
  assert.deepEqual(
    linesOf(server.output(), silent.traceId).map((line) => [line.msg, line.trace_flags]),
    [["request", "00"]],
  );
});

test("a failing query: both spans are errors, the log has the stack once and the request once", async () => {
  const server = await traced();
  const { traceId, headers } = caller();
  await database.query("ALTER TABLE notes RENAME TO mislaid");
  const answer = await fetch(`${server.url}/api/notes`, { headers });
  await database.query("ALTER TABLE mislaid RENAME TO notes");
  assert.equal(answer.status, 500);

  const span = await serverSpan(traceId);
  assert.equal(span.error, true);
  assert.equal(span.attributes["http.response.status_code"], 500);
  assert.equal(span.attributes["error.type"], "500");
  const [event] = span.events;
  assert.equal(event?.name, "exception");
  assert.match(String(event?.attributes["exception.message"]), /relation "notes" does not exist/);
  assert.match(String(event?.attributes["exception.stacktrace"]), /Notes\.list/);
  const query = spansOf(traceId).find(({ kind }) => kind === "client");
  assert.equal(query?.error, true);
  assert.equal(query?.attributes["db.response.status_code"], "42P01");

  const [error, request, ...more] = linesOf(server.output(), traceId);
  assert.deepEqual([error.level, error.span_id], ["error", span.spanId]);
  assert.match(error.err.stack, /relation "notes" does not exist\n {4}at .*Notes\.list/s);
  assert.deepEqual([request.level, request.route, request.status], ["info", "/api/notes", 500]);
  assert.deepEqual(more, []);
  await server.stop();
});

test("a client that doesn't wait: its span ends when it goes, and the log says so", async () => {
  const server = await traced();
  const { traceId, headers } = caller();
  const given = { headers, signal: AbortSignal.timeout(200) };
  await assert.rejects(fetch(`${server.url}/api/slow?ms=20000`, given), /TimeoutError|timeout/);
  const span = await serverSpan(traceId);
  assert.ok(span.ms < 5_000, `ended after ${span.ms} ms`);
  assert.equal(span.attributes["http.response.status_code"], undefined);
  const [line] = linesOf(server.output(), traceId);
  assert.deepEqual([line.route, line.status], ["/api/slow", 499]);
  await server.stop();
});

test("SIGTERM: the spans of the last requests are sent before the end", async () => {
  const server = await traced();
  const { traceId, headers } = caller();
  const slow = fetch(`${server.url}/api/slow?ms=700`, { headers });
  await until(async () => (await fetch(`${server.url}/api/notes`, { headers })).ok, "it serves");
  const exit = server.stop();
  assert.equal((await slow).status, 200);
  assert.equal(await exit, 0);
  // Nothing to wait for: the process has ended.
  assert.deepEqual(
    spansOf(traceId)
      .map(({ name }) => name)
      .sort(),
    ["GET /api/notes", "GET /api/slow", "SELECT notes"],
  );
});
