import { setTimeout as sleep } from "node:timers/promises";
import type { ServerConfig } from "./config.js";
import type { Logs } from "./telemetry/logs.js";
import type { Traces } from "./telemetry/traces.js";

/** The rest of the engine's 30 s when the requests took all of their 25. */
const endTimeoutMs = 3_000;

/** What is sent by OTLP. What no endpoint is named for is undefined, and nothing of OpenTelemetry is loaded for it. */
export interface Telemetry {
  readonly traces?: Traces | undefined;
  readonly logs?: Logs | undefined;
}

export async function startTelemetry(config: ServerConfig): Promise<Telemetry> {
  const [traces, logs] = await Promise.all([startTraces(config), startLogs(config)]);
  return { traces, logs };
}

/** Sends what still waits; gives up after 3 s, because an end must not hang on whoever receives it. */
export async function endTelemetry({ traces, logs }: Telemetry): Promise<void> {
  await Promise.race([Promise.allSettled([traces?.end(), logs?.end()]), sleep(endTimeoutMs)]);
}

async function startTraces(config: ServerConfig): Promise<Traces | undefined> {
  const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return undefined;
  const { Traces } = await import("./telemetry/traces.js");
  return new Traces(endpoint, config);
}

async function startLogs(config: ServerConfig): Promise<Logs | undefined> {
  const endpoint = config.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT;
  if (endpoint === undefined) return undefined;
  const { Logs } = await import("./telemetry/logs.js");
  return new Logs(endpoint, config);
}
