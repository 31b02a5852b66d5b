import { fingerprint } from "../../common/fingerprint.mjs";
import { createPool } from "../../common/postgres.mjs";
import { connectRedis } from "../../common/redis.mjs";
import { release } from "../../common/release.mjs";
import { createServer, listen } from "../../common/server.mjs";
import { healthRoutes } from "./health.mjs";
import { logoRoutes } from "./logos.mjs";
import { rackRoutes } from "./racks.mjs";

const port = 8000;
/** SQLAlchemy's own. */
const poolTimeoutMs = 30_000;

/** One worker. */
export async function serve(settings) {
  const pool = createPool({
    connectionString: settings.DATABASE_URL,
    max: settings.DB_POOL_SIZE + settings.DB_MAX_OVERFLOW,
    maxLifetimeSeconds: settings.DB_POOL_RECYCLE,
    connectionTimeoutMillis: poolTimeoutMs,
  });
  const redis = await connectRedis(settings.REDIS_URL);
  const server = createServer();
  healthRoutes(server, { pool, redis, settings });
  rackRoutes(server, { pool, redis });
  logoRoutes(server, settings.UPLOAD_DIR);
  server.get("/docs", async (_request, reply) => reply.type("text/html").send("<title>HomeRack API</title>"));
  server.get("/openapi.json", async () => ({ info: { title: "HomeRack API", version: release } }));
  server.get("/metrics", async (_request, reply) =>
    reply.type("text/plain").send(`process_resident_memory_bytes ${process.memoryUsage.rss()}\n`),
  );
  server.get("/api/settings", async () => ({
    origins: settings.CORS_ORIGINS,
    secretKey: fingerprint(settings.SECRET_KEY),
    jwtSecretKey: fingerprint(settings.JWT_SECRET_KEY),
  }));
  await listen(server, port);
}
