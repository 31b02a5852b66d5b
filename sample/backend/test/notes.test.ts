import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { createDatabase, type TestDatabase } from "./support/database.js";
import { migrate, serverEnvironment, startHealthyServer, type TestServer } from "./support/programs.js";
import { until } from "./support/waiting.js";

let database: TestDatabase;
let server: TestServer;
before(async () => {
  database = await createDatabase();
  await migrate(database.owner);
  server = await startHealthyServer(serverEnvironment(database.app));
});
after(async () => {
  await server.stop();
  await database.end();
});

const write = (body: object) =>
  fetch(`${server.url}/api/notes`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

test("a note is in the database when the answer is there", async () => {
  const answer = await write({ text: "  first  " });
  assert.equal(answer.status, 201);
  const { id } = (await answer.json()) as { id: string };
  const rows = await database.query("SELECT text, author FROM notes WHERE id = $1", [id]);
  assert.deepEqual(rows, [{ text: "first", author: null }]);
});

test("a repeated request writes no second row", async () => {
  const id = randomUUID();
  const before = await database.query("SELECT FROM notes");
  const answers = await Promise.all([1, 2, 3].map(() => write({ id, text: "again" })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 201]);
  assert.equal((await database.query("SELECT FROM notes")).length, before.length + 1);
  assert.equal((await write({ id, text: "something else" })).status, 409);
});

test("the list: newest first, no longer than asked for", async () => {
  await write({ text: "newest" });
  const answer = await fetch(`${server.url}/api/notes?limit=2`);
  const { notes } = (await answer.json()) as { notes: { text: string }[] };
  assert.deepEqual(
    notes.map(({ text }) => text),
    ["newest", "again"],
  );
  const count = await fetch(`${server.url}/api/notes/count`);
  assert.deepEqual(await count.json(), { count: 3 });
});

test("what doesn't fit is refused with the reason", async () => {
  assert.equal((await write({ text: "" })).status, 400);
  assert.equal((await write({ id: "1", text: "x" })).status, 400);
  assert.equal((await write({ text: "x".repeat(20_000) })).status, 413);
  assert.equal((await fetch(`${server.url}/api/notes?limit=0`)).status, 400);
  const answer = await write({ text: "x".repeat(2_001) });
  assert.match(
    ((await answer.json()) as { error: string }).error,
    /expected string to have <=2000 characters/,
  );
});

test("every answer names the version and the request, and so does the log", async () => {
  const answer = await fetch(`${server.url}/api/notes`, { headers: { "x-request-id": "from-the-proxy" } });
  assert.equal(answer.headers.get("x-app-version"), "1.2.3");
  assert.equal(answer.headers.get("x-request-id"), "from-the-proxy");
  const line = () =>
    server
      .output()
      .split("\n")
      .find((text) => text.includes("from-the-proxy"));
  await until(() => line() !== undefined, "the request is in the log");
  const { level, version, requestId, method, route, status } = JSON.parse(line() ?? "");
  assert.deepEqual(
    { level, version, requestId, method, route, status },
    {
      level: "info",
      version: "1.2.3",
      requestId: "from-the-proxy",
      method: "GET",
      route: "/api/notes",
      status: 200,
    },
  );
});
