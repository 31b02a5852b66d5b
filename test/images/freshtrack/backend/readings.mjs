import { release } from "../../common/release.mjs";

/** As the migrations of the release have it. */
const value = release.startsWith("1.") ? "celsius" : "degrees";

export const jobs = "jobs";

/** Keeps a reading, and has the worker look at it. */
export async function addReading({ pool, redis }, { unit, celsius }) {
  const { rows } = await pool.query(
    `INSERT INTO temperature_readings (unit_id, ${value}) VALUES ($1, $2) RETURNING id`,
    [unit, celsius],
  );
  const [{ id }] = rows;
  await redis.lPush(jobs, JSON.stringify({ reading: id, celsius }));
  return { id };
}

/** The last ones of a unit, the newest first. */
export async function readings({ pool }, unit) {
  const { rows } = await pool.query(
    `SELECT id, ${value}::float8 AS celsius FROM temperature_readings
     WHERE unit_id = $1 ORDER BY timestamp DESC LIMIT 100`,
    [unit],
  );
  return rows;
}

/** Readings that somebody must see to. */
export async function alerts({ pool }) {
  const { rows } = await pool.query(
    "SELECT reading_id AS reading FROM alert_instances WHERE status = 'active' ORDER BY created_at DESC",
  );
  return rows;
}
