import { setTimeout as pause } from "node:timers/promises";
import { address, readConfiguration, text, whole } from "../../common/configuration.mjs";
import { Bucket } from "../../common/objectStore.mjs";
import { createPool } from "../../common/postgres.mjs";
import { onStop, service } from "../../common/program.mjs";
import { createServer, healthRoute, listen } from "../../common/server.mjs";

const claim = `
  UPDATE metadata.river_job SET state = 'running' WHERE id = (
    SELECT id FROM metadata.river_job WHERE state = 'available' AND kind IN ('s3_presign', 'thumbnail_generate')
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
  ) RETURNING id, kind, args`;

await service(async () => {
  const configuration = readConfiguration({
    DATABASE_URL: address("postgresql", "postgres"),
    DB_MAX_CONNS: whole(1, 100),
    DB_MIN_CONNS: whole(1, 100),
    THUMBNAIL_MAX_WORKERS: whole(1, 100),
    SITE_URL: address("https", "http"),
    S3_PUBLIC_ENDPOINT: address("https", "http"),
    S3_ENDPOINT: address("https", "http").optional(),
    S3_REGION: text(),
    S3_BUCKET: text(),
    S3_ACCESS_KEY_ID: text(),
    S3_SECRET_ACCESS_KEY: text(),
  });
  const pool = createPool({ connectionString: configuration.DATABASE_URL, max: configuration.DB_MAX_CONNS });
  const bucket = new Bucket({
    endpoint: configuration.S3_ENDPOINT ?? `https://s3.${configuration.S3_REGION}.amazonaws.com`,
    region: configuration.S3_REGION,
    bucket: configuration.S3_BUCKET,
    accessKey: configuration.S3_ACCESS_KEY_ID,
    secretKey: configuration.S3_SECRET_ACCESS_KEY,
  });
  /** Of a thumbnail nothing is made, but it keeps a connection busy for a while. */
  const kinds = {
    s3_presign: (_client, { key }) => bucket.presigned("PUT", key, 3600),
    thumbnail_generate: async (client) => void (await client.query("SELECT pg_sleep(0.3)")),
  };

  async function workOne() {
    const client = await pool.connect();
    try {
      const [job] = (await client.query(claim)).rows;
      if (job === undefined) return false;
      const result = await kinds[job.kind](client, job.args);
      await client.query("UPDATE metadata.river_job SET state = 'completed', result = $2 WHERE id = $1", [
        job.id,
        result,
      ]);
      return true;
    } finally {
      client.release();
    }
  }

  let stopped = false;
  async function workOn() {
    while (!stopped) {
      const worked = await workOne().catch((error) => console.error(`a job failed: ${error.message}`));
      if (worked !== true) await pause(500);
    }
  }
  const loops = Array.from({ length: configuration.THUMBNAIL_MAX_WORKERS }, workOn);
  onStop(() => {
    stopped = true;
    return Promise.all(loops);
  });

  const server = createServer();
  healthRoute(server, "/health", async () => {
    await pool.query("SELECT FROM metadata.river_job LIMIT 1");
    return { healthy: true, status: "healthy" };
  });
  await listen(server, 8090);
});
