import Fastify, { LogController } from "fastify";
import { onStop } from "./program.mjs";
import { misbehaves, release } from "./release.mjs";

/** Longer than the proxy keeps idle connections, else a request can meet a connection that is being closed. */
const keepAliveMs = 150_000;

/**
 * An HTTP server of fastify, not yet listening. Every answer says in `x-app-version` which release gave it; the log is
 * JSON. When the program stops, open requests are finished first.
 */
export function createServer(options = {}) {
  const server = Fastify({
    logger: { base: undefined },
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: ["loopback", "uniquelocal"],
    keepAliveTimeout: keepAliveMs,
    return503OnClosing: false,
    ...options,
  });
  server.addHook("onRequest", async (_request, reply) => {
    reply.headers({ "x-app-version": release, "cache-control": "no-store" });
  });
  let closing = false;
  server.addHook("preClose", async () => {
    closing = true;
  });
  server.addHook("onSend", async (_request, reply) => {
    if (closing) reply.header("connection", "close");
  });
  return server;
}

/** A health check that answers `state()` as JSON: 200 while `healthy` of it is true. A failure is 503 with its message. */
export function healthRoute(server, path, state) {
  server.get(path, async (_request, reply) => {
    try {
      const { healthy, ...body } = await state();
      return reply.code(healthy && !misbehaves("never-healthy") ? 200 : 503).send(body);
    } catch (error) {
      return reply.code(503).send({ error: error.message });
    }
  });
}

export async function listen(server, port) {
  onStop(() => server.close());
  await server.listen({ host: "0.0.0.0", port });
}
