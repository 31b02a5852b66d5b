const cacheSeconds = 300;

export function rackRoutes(server, { pool, redis }) {
  server.get("/api/racks", async () => (await pool.query("SELECT * FROM racks ORDER BY id")).rows);
  server.post("/api/racks", async (request, reply) => {
    const { rows } = await pool.query("INSERT INTO racks (name) VALUES ($1) RETURNING *", [
      request.body.name,
    ]);
    return reply.code(201).send(rows[0]);
  });
  server.get("/api/racks/:id/thermal", async ({ params: { id } }, reply) => {
    const cached = await redis.get(`thermal:${id}`);
    if (cached !== null) return JSON.parse(cached);
    const { rows } = await pool.query("SELECT name FROM racks WHERE id = $1", [id]);
    if (rows.length === 0) return reply.code(404).send({ error: "there is no such rack" });
    const analysis = { ...rows[0], watts: 0 };
    await redis.set(`thermal:${id}`, JSON.stringify(analysis), { EX: cacheSeconds });
    return analysis;
  });
  // It has a connection all the while, and tells how many there are.
  server.post("/api/racks/optimize", async ({ body: { seconds } }) => {
    const client = await pool.connect();
    try {
      await client.query("SELECT pg_sleep($1)", [seconds]);
      const { rows } = await client.query(
        "SELECT count(*)::int AS connections FROM pg_stat_activity WHERE usename = current_user",
      );
      return rows[0];
    } finally {
      client.release();
    }
  });
}
