// @ts-check
import { createServer } from "node:http";
import { hostname } from "node:os";
import { Engine } from "./engine.mjs";
import { Gate } from "./gate.mjs";
import { Guard } from "./guard.mjs";
import { metricsText } from "./metrics.mjs";
import { readSettings } from "./settings.mjs";

/** Ports, and times in milliseconds. */
const metricsPort = 9800;
const gatePort = 2375;
const healthyWithin = 60_000;
/**
 * A mount is of the socket that was there at the start; an engine that comes back while its containers live on has a new
 * one. Then the engine starts the guardian again, with that.
 */
const giveUpAfter = 120_000;

const settings = readSettings(process.env);
const engine = new Engine("/run/docker.sock");
// Docker names a container's host after its id.
const guard = new Guard(engine, settings, { log, self: hostname() });

process.on("SIGTERM", () => process.exit(0));
process.on("SIGINT", () => process.exit(0));

new Gate(engine, settings).server().listen(gatePort);
createServer((request, response) => {
  const silence = Date.now() - engine.reachedAt;
  if (request.url === "/metrics") {
    response.setHeader("content-type", "text/plain; version=0.0.4; charset=utf-8");
    response.end(metricsText(guard.containers.sorted(), engine.up));
  } else if (request.url === "/healthz") {
    response.statusCode = silence < healthyWithin ? 200 : 503;
    response.end(`The engine last answered ${Math.round(silence / 1000)} s ago.\n`);
  } else {
    response.statusCode = 404;
    response.end("There is /metrics and /healthz.\n");
  }
}).listen(metricsPort);

setInterval(() => {
  if (Date.now() - engine.reachedAt < giveUpAfter) return;
  log(
    "error",
    `the engine is out of reach for ${giveUpAfter / 1000} s: ends, to be started with its new socket`,
  );
  process.exit(1);
}, 1_000);

void guard.run(new AbortController().signal);

/** @type {import("./guard.mjs").Log} */
function log(level, msg, container) {
  const subject = container === undefined ? {} : { service: container.service, container: container.name };
  console.log(JSON.stringify({ level, time: new Date().toISOString(), msg, ...subject }));
}
