import type { FastifyServerOptions } from "fastify";
import type { ServerConfig } from "./config.js";
import type { Logs } from "./telemetry/logs.js";

/**
 * One JSON object a line, as Loki wants it: level by name, time in ISO 8601, version in every line. Each goes to
 * stdout and, when there are any, to `logs`.
 */
export function loggerOptions(
  config: ServerConfig,
  logs: Logs | undefined,
): Exclude<FastifyServerOptions["logger"], boolean | undefined> {
  return {
    level: config.LOG_LEVEL,
    base: { service: "backend", version: config.APP_VERSION, environment: config.ENVIRONMENT },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (level) => ({ level }) },
    ...(logs && {
      hooks: {
        streamWrite(line: string) {
          logs.send(line);
          return line;
        },
      },
    }),
    // Nothing here logs headers or bodies; this holds if something ever does.
    redact: ["*.password", "*.cookie", "*.authorization", "*.headers.cookie", "*.headers.authorization"],
  };
}
