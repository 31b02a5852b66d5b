import { release } from "../../common/release.mjs";

/** The schema that this release needs: 1.N that of migration N + 1. */
const needed = Number(/^v1\.(\d+)/.exec(release)?.[1]) + 1;

export async function health(pool, jobs) {
  const { dirty, ...checks } = {
    ...(await database(pool)),
    jobs: jobs.operational() ? "operational" : "degraded",
  };
  const fails = checks.database !== "connected" || dirty;
  const good = !fails && checks.migrations === "up-to-date" && checks.jobs === "operational";
  return {
    healthy: !fails,
    status: fails ? "unhealthy" : good ? "healthy" : "degraded",
    version: release,
    ...checks,
    uptime: Math.floor(process.uptime()),
  };
}

async function database(pool) {
  try {
    await pool.query("SELECT 1");
  } catch {
    return { database: "disconnected", migrations: "unknown", dirty: false };
  }
  try {
    const { rows } = await pool.query("SELECT version, dirty FROM schema_migrations");
    const { version = 0, dirty = false } = rows[0] ?? {};
    const current = !dirty && Number(version) >= needed;
    return { database: "connected", migrations: current ? "up-to-date" : "pending", dirty };
  } catch {
    return { database: "connected", migrations: "unknown", dirty: false };
  }
}
