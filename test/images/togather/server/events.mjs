/** Keeps an event, and has a job made of it, both or neither. */
export async function addEvent(pool, { name, longitude, latitude, meaning }) {
  const { rows } = await pool.query(
    `WITH event AS (
       INSERT INTO events (name, place, meaning) VALUES ($1, ST_MakePoint($2, $3)::geography, $4) RETURNING id
     ), job AS (
       INSERT INTO river_job (kind, args) SELECT 'enrich', jsonb_build_object('event', id) FROM event
     )
     SELECT id FROM event`,
    [name, longitude, latitude, JSON.stringify(meaning)],
  );
  return rows[0];
}

/** Names of events: within 10 km (PostGIS), written alike (pg_trgm), or nearest in meaning first (pgvector). */
export async function findEvents(pool, { longitude, latitude, like, meaning }) {
  const { rows } = await pool.query(
    `SELECT name FROM events
     WHERE ($1::float8 IS NULL OR ST_DWithin(place, ST_MakePoint($1, $2)::geography, 10000))
       AND ($3::text IS NULL OR name % $3)
     ORDER BY meaning <-> $4::vector NULLS LAST, name`,
    [longitude ?? null, latitude ?? null, like ?? null, meaning ?? null],
  );
  return rows.map(({ name }) => name);
}
