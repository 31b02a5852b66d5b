import { randomUUID } from "node:crypto";
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import type { Pool } from "pg";
import { z } from "zod";
import type { ServerConfig } from "./config.js";
import { createPool } from "./database.js";
import { HealthCheck } from "./health.js";
import { LiveUpdates } from "./liveUpdates.js";
import { loggerOptions } from "./logging.js";
import { Metrics } from "./metrics.js";
import { disturbRequests, textColumn } from "./misbehaviours.js";
import { Notes } from "./notes.js";
import { Redis } from "./redis.js";
import { noteRoutes, notesChannel } from "./routes/notes.js";
import { healthRoute, metricsRoute, slowRoute } from "./routes/operations.js";
import { sessionRoutes } from "./routes/sessions.js";
import { Sessions } from "./sessions.js";
import type { Traces } from "./telemetry/traces.js";
import type { Telemetry } from "./telemetry.js";

const maxBodyBytes = 16 * 1024;
/** Longer than a proxy keeps idle connections (Caddy: 2 min), else a request can meet a connection being closed. */
const keepAliveMs = 150_000;
const requestTimeoutMs = 30_000;
/** What nginx made usual for a request whose client didn't wait for the answer. */
const clientClosedRequest = 499;

export interface Services {
  readonly pool: Pool;
  readonly redis: Redis;
  readonly notes: Notes;
  readonly sessions: Sessions;
  readonly health: HealthCheck;
  readonly metrics: Metrics;
}

/** The server, not yet listening. `close()` ends the WebSockets, then the open requests, then the connections. */
export function createApp(config: ServerConfig, { traces, logs }: Telemetry = {}): FastifyInstance {
  const app = Fastify({
    logger: loggerOptions(config, logs),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    genReqId: (request) => requestId(request.headers["x-request-id"]),
    trustProxy: ["loopback", "uniquelocal"],
    bodyLimit: maxBodyBytes,
    keepAliveTimeout: keepAliveMs,
    requestTimeout: requestTimeoutMs,
    // A request that comes while the server ends is answered like any other.
    return503OnClosing: false,
  });

  const pool = createPool(config, app.log);
  const redis = new Redis(config, app.log);
  const liveUpdates = new LiveUpdates({
    allowedOrigins: config.WS_ORIGIN_ALLOWLIST,
    version: config.APP_VERSION,
  });
  const services: Services = {
    pool,
    redis,
    notes: new Notes(pool, textColumn(config.MISBEHAVE)),
    sessions: new Sessions(redis),
    health: new HealthCheck(config, pool, redis, app.log),
    metrics: new Metrics({ version: config.APP_VERSION, pool, openWebSockets: () => liveUpdates.open }),
  };

  logs?.reportTo(app.log);
  traces?.observe(app, pool);
  observeRequests(app, services.metrics);
  closeConnections(app);
  app.addHook("onRequest", async (request, reply) => {
    reply.headers({
      "x-app-version": config.APP_VERSION,
      "x-request-id": request.id,
      "cache-control": "no-store",
    });
  });
  app.setErrorHandler<FastifyError | z.ZodError>((error, request, reply) =>
    answerError(error, request, reply, traces),
  );
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: "there is nothing here" }));

  healthRoute(app, services);
  metricsRoute(app, services);
  app.register(
    async (api) => {
      disturbRequests(api, config.MISBEHAVE);
      healthRoute(api, services);
      slowRoute(api);
      noteRoutes(api, services);
      sessionRoutes(api, services);
    },
    { prefix: "/api" },
  );

  liveUpdates.attach(app.server);
  redis.connect(notesChannel, (message) => liveUpdates.broadcast(message));
  app.addHook("preClose", () => liveUpdates.close());
  app.addHook("onClose", async () => {
    await Promise.all([redis.close(), pool.end()]);
  });
  return app;
}

/** One line in the log and one sample for Prometheus for each request. */
function observeRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook("onRequest", async (request, reply) => {
    // Not onResponse: a client that goes away before its answer would leave no line.
    reply.raw.once("close", () => {
      const { method, ip } = request;
      // The pattern, never the path itself: lines and samples of a route belong together, whatever its ids.
      const route = request.routeOptions.url ?? "none";
      const status = reply.raw.writableFinished ? reply.statusCode : clientClosedRequest;
      metrics.count({ method, route, status, seconds: reply.elapsedTime / 1000 });
      request.log.info({ method, route, status, durationMs: Math.round(reply.elapsedTime), ip }, "request");
    });
  });
}

/** While the server ends, each answer also ends its connection; kept alive, it would hold the process up. */
function closeConnections(app: FastifyInstance): void {
  let closing = false;
  app.addHook("preClose", async () => {
    closing = true;
  });
  app.addHook("onSend", async (_request, reply) => {
    if (closing) reply.header("connection", "close");
  });
}

function answerError(
  error: FastifyError | z.ZodError,
  request: FastifyRequest,
  reply: FastifyReply,
  traces: Traces | undefined,
) {
  if (error instanceof z.ZodError) return reply.code(400).send({ error: z.prettifyError(error) });
  const status = error.statusCode ?? 500;
  if (status < 500) return reply.code(status).send({ error: error.message });
  request.log.error({ err: error }, "request failed");
  traces?.recordError(request, error);
  return reply.code(status).send({ error: "internal error", requestId: request.id });
}

/** The proxy's id, if it looks like one: it ends up in the log. */
function requestId(header: string | string[] | undefined): string {
  return typeof header === "string" && /^[\w-]{1,64}$/.test(header) ? header : randomUUID();
}
