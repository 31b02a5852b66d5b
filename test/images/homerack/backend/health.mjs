import { release } from "../../common/release.mjs";
import { healthRoute } from "../../common/server.mjs";
import { isCurrent } from "./schema.mjs";

/** At several levels: whether it runs, may take requests, has started, and how all of it does. */
export function healthRoutes(server, { pool, redis, settings }) {
  const ready = async () => {
    await Promise.all([pool.query("SELECT 1"), redis.ping()]);
    return { healthy: true, status: "ready" };
  };
  healthRoute(server, "/api/health", async () => ({ healthy: true, status: "healthy", version: release }));
  healthRoute(server, "/api/health/live", async () => ({ healthy: true, status: "alive" }));
  healthRoute(server, "/api/health/ready", ready);
  healthRoute(server, "/api/health/startup", async () => {
    const started = await isCurrent(pool);
    return { healthy: started, status: started ? "started" : "the database lacks migrations" };
  });
  healthRoute(server, "/api/health/detailed", async () => {
    const began = performance.now();
    await ready();
    return {
      healthy: true,
      status: "healthy",
      version: release,
      environment: settings.ENVIRONMENT,
      checks: {
        database: {
          status: "up",
          latencyMs: performance.now() - began,
          poolSize: settings.DB_POOL_SIZE,
          maxOverflow: settings.DB_MAX_OVERFLOW,
          recycleSeconds: settings.DB_POOL_RECYCLE,
        },
        redis: { status: "up" },
        workers: settings.WORKERS,
      },
    };
  });
  server.get("/api/health/cache/stats", async () => {
    const stats = await redis.info("stats");
    const [hits, misses] = ["hits", "misses"].map((name) =>
      Number(new RegExp(`keyspace_${name}:(\\d+)`).exec(stats)?.[1]),
    );
    return { hits, misses, hitRate: hits / Math.max(hits + misses, 1) };
  });
}
