#!/usr/bin/env node
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { createApp } from "./app.js";
import { bootstrapAdmin } from "./bootstrapAdmin.js";
import { exitOnFailure } from "./command.js";
import { readConfig, serverConfig } from "./config.js";
import { startDelayMs } from "./misbehaviours.js";
import { endTelemetry, startTelemetry, type Telemetry } from "./telemetry.js";

/** Below the 30 s after which the engine kills what was told to stop. */
const stopTimeoutMs = 25_000;

await exitOnFailure(async () => {
  const config = readConfig(serverConfig);
  const telemetry = await startTelemetry(config);
  const app = createApp(config, telemetry);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => stop(app, telemetry, signal));
  }
  if (config.MISBEHAVE) app.log.warn({ misbehave: config.MISBEHAVE }, "misbehaving on purpose");
  if (config.MISBEHAVE === "exit-at-start") process.exit(1);
  await sleep(startDelayMs(config.MISBEHAVE));
  const bootstrapped = await bootstrapAdmin(config);
  if (bootstrapped !== undefined) app.log.info(bootstrapped);
  await app.listen({ host: "0.0.0.0", port: config.HTTP_PORT, listenTextResolver: describeStart });
});

/**
 * The proxy sends nothing here any more when a release has moved on. WebSockets are told to come back (1012), open
 * requests are finished, connections closed, and the last of the traces and logs sent.
 */
async function stop(app: FastifyInstance, telemetry: Telemetry, signal: string): Promise<void> {
  app.log.info({ signal }, "stopping");
  setTimeout(async () => {
    app.log.error(`not stopped after ${stopTimeoutMs / 1000} s; what is still open is cut`);
    await endTelemetry(telemetry);
    process.exit(1);
  }, stopTimeoutMs).unref();
  await app.close();
  app.log.info("stopped");
  await endTelemetry(telemetry);
  process.exit(0);
}

function describeStart(address: string): string {
  return `listening at ${address}, ${Math.round(performance.now())} ms after the start`;
}
