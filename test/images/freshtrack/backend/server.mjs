import { fingerprint } from "../../common/fingerprint.mjs";
import { Bucket } from "../../common/objectStore.mjs";
import { createPool } from "../../common/postgres.mjs";
import { service } from "../../common/program.mjs";
import { connectRedis } from "../../common/redis.mjs";
import { createServer, healthRoute, listen } from "../../common/server.mjs";
import { addReading, alerts, readings } from "./readings.mjs";
import { readSettings } from "./settings.mjs";

await service(async () => {
  const settings = readSettings();
  const pool = createPool({ connectionString: settings.DATABASE_URL, max: settings.DB_POOL_MAX });
  const data = { pool, redis: await connectRedis(settings.REDIS_URL) };
  const bucket = new Bucket({
    endpoint: settings.MINIO_ENDPOINT,
    region: settings.MINIO_REGION,
    accessKey: settings.MINIO_ACCESS_KEY,
    secretKey: settings.MINIO_SECRET_KEY,
    bucket: settings.MINIO_BUCKET,
  });
  const server = createServer();

  server.addHook("onRequest", async ({ headers }, reply) => {
    if (settings.CORS_ORIGINS.includes(headers.origin)) {
      reply.header("access-control-allow-origin", headers.origin);
    }
  });
  healthRoute(server, "/health", async () => {
    await pool.query("SELECT 1");
    return {
      healthy: true,
      status: "healthy",
      database: "connected",
      timestamp: new Date().toISOString(),
    };
  });

  server.get("/api/readings", async ({ query }) => readings(data, query.unit));
  server.post("/api/readings", async ({ body }, reply) => reply.code(201).send(await addReading(data, body)));
  if (settings.services.includes("ttn")) {
    server.post("/api/webhooks/ttn", async ({ body }) =>
      addReading(data, {
        unit: body.end_device_ids.device_id,
        celsius: body.uplink_message.decoded_payload.temperature,
      }),
    );
  }
  server.get("/api/alerts", async () => alerts(data));

  server.addContentTypeParser("application/octet-stream", { parseAs: "buffer" }, async (_, body) => body);
  server.post("/api/files/:name", async ({ params, body }, reply) => {
    await bucket.put(params.name, body);
    return reply.code(201).send();
  });
  server.get("/api/files/:name", async ({ params }, reply) => {
    const content = await bucket.get(params.name);
    return content === undefined
      ? reply.code(404).send()
      : reply.type("application/octet-stream").send(content);
  });

  server.get("/api/settings", async () => ({
    services: settings.services,
    stackAuth: {
      project: settings.STACK_AUTH_PROJECT_ID,
      publishableKey: settings.STACK_AUTH_PUBLISHABLE_KEY,
      secretKey: fingerprint(settings.STACK_AUTH_SECRET_KEY),
    },
    addresses: [settings.FRONTEND_URL, settings.APP_URL, settings.API_URL, settings.TTN_WEBHOOK_URL],
    phone: settings.TELNYX_PHONE_NUMBER,
    connections: settings.DB_POOL_MAX,
  }));
  await listen(server, settings.PORT);
});
