import assert from "node:assert/strict";
import { Agent, get, type IncomingMessage } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { createDatabase, type TestDatabase } from "./support/database.js";
import {
  migrate,
  origin,
  serverEnvironment,
  startHealthyServer,
  type TestServer,
} from "./support/programs.js";

let database: TestDatabase;
before(async () => {
  database = await createDatabase();
  await migrate(database.owner);
});
after(() => database.end());

/** An open WebSocket that keeps what it is told. */
async function open(server: TestServer, from: string | undefined = origin) {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/api/ws`, from ? { origin: from } : {});
  const messages: { type: string; [field: string]: unknown }[] = [];
  socket.on("message", (data) => messages.push(JSON.parse(String(data))));
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const next = async (type: string) => {
    for (let tries = 0; tries < 200; tries++) {
      const found = messages.find((message) => message.type === type);
      if (found) return found;
      await sleep(10);
    }
    throw new Error(`no message of type ${type}`);
  };
  return { socket, next };
}

test("only pages on the list may open a WebSocket", async () => {
  const server = await startHealthyServer(serverEnvironment(database.app));
  await assert.rejects(open(server, "https://evil.example"), /Unexpected server response: 403/);
  await assert.rejects(open(server, ""), /Unexpected server response: 403/);
  const { socket, next } = await open(server);
  assert.deepEqual(await next("hello"), { type: "hello", version: "1.2.3" });
  socket.send("are you there?");
  assert.deepEqual(await next("echo"), { type: "echo", text: "are you there?" });
  assert.match(await (await fetch(`${server.url}/metrics`)).text(), /websocket_connections 1/);
  socket.terminate();
  assert.equal(await server.stop(), 0);
});

test("a new note reaches the pages of every replica", async () => {
  const replicas = await Promise.all([1, 2].map(() => startHealthyServer(serverEnvironment(database.app))));
  const pages = await Promise.all(replicas.map((replica) => open(replica)));
  await fetch(`${replicas[0]?.url}/api/notes`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text: "for all" }),
  });
  for (const { next } of pages) {
    const { note } = await next("note");
    assert.equal((note as { text: string }).text, "for all");
  }
  assert.deepEqual(await Promise.all(replicas.map((replica) => replica.stop())), [0, 0]);
});

test("SIGTERM: WebSockets are closed with 1012, the open request ends well, exit code 0", async () => {
  const server = await startHealthyServer(serverEnvironment(database.app));
  const { socket } = await open(server);
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  // Kept alive like a proxy's connections, which would hold up a server that doesn't end them.
  const agent = new Agent({ keepAlive: true });
  const answer = new Promise<IncomingMessage>((resolve, reject) =>
    get(`${server.url}/api/slow?ms=1500`, { agent }, resolve).once("error", reject),
  );
  await sleep(200);

  const started = performance.now();
  const exit = server.stop();
  assert.equal(await closed, 1012);
  assert.ok(performance.now() - started < 1_000, "WebSockets are told at once");
  const { statusCode, headers } = await answer;
  assert.equal(statusCode, 200);
  assert.equal(headers.connection, "close");
  assert.equal(await exit, 0);
  const took = performance.now() - started;
  assert.ok(took > 1_000 && took < 3_000, `stopped after ${took} ms`);
  assert.match(server.output(), /"msg":"stopped"/);
});
