import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Services } from "../app.js";

const slowQuery = z.object({ ms: z.coerce.number().int().min(0).max(30_000).default(1_000) });

/** Asked every few seconds by the engine, the proxy and Prometheus: not worth a line in the log. */
const quiet = { logLevel: "warn" } as const;

/** Only on the container's own port: everything under /api is public, the metrics are not. */
export function metricsRoute(app: FastifyInstance, { metrics }: Services): void {
  app.get("/metrics", quiet, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
}

export function healthRoute(app: FastifyInstance, { health }: Services): void {
  app.get("/health", quiet, async (_request, reply) => {
    const answer = await health.run();
    return reply.code(answer.status === "healthy" ? 200 : 503).send(answer);
  });
}

/** Takes as long as it is told to: a release must not cut off what is under way. */
export function slowRoute(api: FastifyInstance): void {
  api.get("/slow", async (request) => {
    const { ms } = slowQuery.parse(request.query);
    await sleep(ms);
    return { waitedMs: ms };
  });
}
