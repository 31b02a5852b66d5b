import { address, oneOf, readConfiguration, text, whole } from "../../common/configuration.mjs";
import { createPool } from "../../common/postgres.mjs";
import { onStop, service } from "../../common/program.mjs";
import { connectRedis } from "../../common/redis.mjs";

const jobs = "jobs";
const waitSeconds = 1;
/** Above, what is kept cold spoils. */
const warmest = 8;

await service(async () => {
  const settings = readConfiguration({
    NODE_ENV: oneOf("production"),
    DATABASE_URL: address("postgresql", "postgres"),
    DB_POOL_MAX: whole(1, 100),
    REDIS_URL: address("redis"),
    STACK_AUTH_PROJECT_ID: text(),
    STACK_AUTH_SECRET_KEY: text(),
  });
  const pool = createPool({ connectionString: settings.DATABASE_URL, max: settings.DB_POOL_MAX });
  const redis = await connectRedis(settings.REDIS_URL);
  const stopping = new AbortController();
  const working = workOff(redis, pool, stopping.signal);
  onStop(() => {
    stopping.abort();
    return working;
  });
});

/** Looks at each reading that the API has put into the queue. */
async function workOff(redis, pool, stopping) {
  while (!stopping.aborted) {
    const job = await redis.brPop(jobs, waitSeconds);
    if (job === null) continue;
    const { reading, celsius } = JSON.parse(job.element);
    if (celsius > warmest)
      await pool.query("INSERT INTO alert_instances (reading_id) VALUES ($1)", [reading]);
  }
}
