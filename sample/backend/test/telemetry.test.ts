import assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { createDatabase, type TestDatabase } from "./support/database.js";
import { receiveLogs, receiveTraces } from "./support/otlp.js";
import { migrate, serverEnvironment, startHealthyServer, type TestServer } from "./support/programs.js";
import { freePort, until } from "./support/waiting.js";

let database: TestDatabase;
before(async () => {
  database = await createDatabase();
  await migrate(database.owner);
});
after(() => database.end());

const sending = (tracesPort: number, logsPort: number) =>
  startHealthyServer({
    ...serverEnvironment(database.app),
    OTEL_EXPORTER_OTLP_ENDPOINT: `127.0.0.1:${tracesPort}`,
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `http://127.0.0.1:${logsPort}/otlp/v1/logs`,
  });

const count = (server: TestServer, message: string) => server.output().split(`"msg":"${message}"`).length - 1;

/** Requests for 8 s, so that several batches fail; more than the queues hold. The slowest of the usual ones, in ms. */
async function hammer(server: TestServer): Promise<number> {
  const took: number[] = [];
  const deadline = performance.now() + 8_000;
  while (performance.now() < deadline || took.length < 3_000) {
    const started = performance.now();
    const answer = await fetch(`${server.url}/api/notes?limit=1`);
    assert.equal(answer.status, 200);
    await answer.arrayBuffer();
    took.push(performance.now() - started);
  }
  return took.sort((a, b) => a - b)[Math.floor(took.length * 0.99)] ?? 0;
}

async function assertHarmless(server: TestServer): Promise<void> {
  const usual = await hammer(server);
  assert.ok(usual < 250, `99 of 100 requests took up to ${usual} ms`);
  const started = performance.now();
  assert.equal(await server.stop(), 0);
  const took = performance.now() - started;
  assert.ok(took < 5_000, `stopped after ${took} ms`);
  assert.equal(count(server, "traces are not delivered"), 1);
  assert.equal(count(server, "logs are not delivered"), 1);
  // What isn't JSON would be a library that prints on its own.
  for (const line of server.output().trim().split("\n")) JSON.parse(line);
  assert.doesNotMatch(server.output(), /"level":"(error|fatal)"/);
}

test("nobody listens: requests are answered as ever, one warning each, the end takes no more than 3 s longer", async () => {
  await assertHarmless(await sending(1, 1));
});

test("somebody listens and never answers: the same", async () => {
  const sockets = new Set<Socket>();
  const mute: Server = createServer((socket) => void sockets.add(socket.on("error", () => {})));
  const port = await freePort();
  await new Promise<void>((resolve) => mute.listen(port, "127.0.0.1", resolve));
  await assertHarmless(await sending(port, port));
  assert.ok(sockets.size > 0, "it was tried");
  for (const socket of sockets) socket.destroy();
  mute.close();
});

test("receivers that come later get what comes from then on, and the log says so once", async () => {
  const [tracesPort, logsPort] = [await freePort(), await freePort()];
  const server = await sending(tracesPort, logsPort);
  await until(
    () => count(server, "traces are not delivered") === 1 && count(server, "logs are not delivered") === 1,
    "both are missed",
  );
  const [traces, logs] = [await receiveTraces(tracesPort), await receiveLogs(logsPort)];
  await until(async () => {
    await fetch(`${server.url}/api/notes/count`);
    return (
      count(server, "traces are delivered again") === 1 && count(server, "logs are delivered again") === 1
    );
  }, "both arrive");
  assert.ok(traces.received.some(({ name }) => name === "GET /api/notes/count"));
  assert.ok(logs.received.some(({ body }) => body === "request"));
  assert.equal(await server.stop(), 0);
  await Promise.all([traces.end(), logs.end()]);
});

/** Prints at the end which modules of OpenTelemetry and gRPC were loaded. */
const listModules = `--import=data:text/javascript,${encodeURIComponent(
  `import { createRequire } from "node:module";
   process.on("exit", () => {
     const loaded = Object.keys(createRequire("/x").cache).join("\\n").match(/@(opentelemetry|grpc)\\/[\\w-]+/g);
     console.log("loaded: " + [...new Set(loaded)].join(" "));
   });`,
)}`;

test("nothing of the SDK is loaded for what no endpoint is named for", async () => {
  const loaded = async (variables: Record<string, string>) => {
    const server = await startHealthyServer({
      ...serverEnvironment(database.app),
      NODE_OPTIONS: listModules,
      ...variables,
    });
    assert.equal(await server.stop(), 0);
    return server.output().match(/loaded: (.*)/)?.[1] ?? "nothing was printed";
  };
  const none = await loaded({});
  assert.doesNotMatch(none, /sdk|exporter|grpc/);
  assert.doesNotMatch(none, /nothing was printed/);
  const logs = await loaded({ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://127.0.0.1:1/otlp/v1/logs" });
  assert.match(logs, /opentelemetry\/sdk-logs/);
  assert.doesNotMatch(logs, /grpc|sdk-trace$/);
  assert.match(
    await loaded({ OTEL_EXPORTER_OTLP_ENDPOINT: "127.0.0.1:1" }),
    /opentelemetry\/exporter-trace-otlp-grpc/,
  );
});
