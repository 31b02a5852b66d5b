import { address, oneOf, origins, readConfiguration, text } from "../../common/configuration.mjs";
import { createPool } from "../../common/postgres.mjs";
import { service } from "../../common/program.mjs";
import { release } from "../../common/release.mjs";
import { createServer, listen } from "../../common/server.mjs";
import { claimsOf, fetchKeys } from "./keys.mjs";

const identifier = /^[a-z_]+$/;
/** The answer to what Postgres refuses. Who has not logged in is told to. */
const statuses = { 42501: 403, "42P01": 404 };

await service(async () => {
  const configuration = readConfiguration({
    PGRST_DB_URI: address("postgresql", "postgres"),
    PGRST_DB_ANON_ROLE: text().default("web_anon"),
    PGRST_DB_PRE_REQUEST: text().default("metadata.check_jwt"),
    PGRST_JWT_AUD: text().default("account"),
    PGRST_OPENAPI_SERVER_PROXY_URI: address("https", "http"),
    PGRST_SERVER_CORS_ALLOWED_ORIGINS: origins(),
    PGRST_LOG_LEVEL: oneOf("crit", "error", "warn", "info", "debug"),
    KEYCLOAK_URL: address("https", "http"),
    KEYCLOAK_REALM: text(),
  });
  const keys = await fetchKeys(configuration.KEYCLOAK_URL, configuration.KEYCLOAK_REALM);
  const pool = createPool({ connectionString: configuration.PGRST_DB_URI, max: 10 });
  const server = createServer();

  server.addHook("onRequest", async ({ headers, method }, reply) => {
    if (configuration.PGRST_SERVER_CORS_ALLOWED_ORIGINS.includes(headers.origin)) {
      reply.headers({
        "access-control-allow-origin": headers.origin,
        "access-control-allow-headers": "Authorization, Content-Type",
      });
    }
    if (method === "OPTIONS") reply.send();
  });

  server.get("/", (request, reply) =>
    asRequested(request, reply, async (client) => {
      const readable =
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND has_table_privilege(oid, 'SELECT')";
      const { rows } = await client.query(readable);
      return {
        swagger: "2.0",
        info: { title: "Civic OS", version: release },
        host: new URL(configuration.PGRST_OPENAPI_SERVER_PROXY_URI).host,
        paths: Object.fromEntries(rows.map(({ relname }) => [`/${relname}`, {}])),
      };
    }),
  );
  server.get("/:table", (request, reply) =>
    asRequested(request, reply, async (client) => {
      const sql = `SELECT coalesce(json_agg(found), '[]') AS rows FROM public.${named(request.params.table)} AS found`;
      return (await client.query(sql)).rows[0].rows;
    }),
  );
  server.post("/:table", (request, reply) =>
    asRequested(request, reply, async (client) => {
      const table = `public.${named(request.params.table)}`;
      const columns = Object.keys(request.body).map(named).join(", ");
      const sql = `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM json_populate_record(NULL::${table}, $1)`;
      await client.query(sql, [JSON.stringify(request.body)]);
      reply.code(201);
    }),
  );
  await listen(server, 3000);

  /** Does the work of a request in a transaction of its own, with no more rights than whoever asks has. */
  async function asRequested({ headers }, reply, work) {
    const [, token] = /^Bearer (.+)$/.exec(headers.authorization ?? "") ?? [];
    const claims = token === undefined ? {} : claimsOf(token, keys, configuration.PGRST_JWT_AUD);
    if (claims === undefined) return reply.code(401).send({ message: "the token isn't good" });
    const client = await pool.connect();
    try {
      await client.query(`BEGIN; SET LOCAL ROLE ${named(configuration.PGRST_DB_ANON_ROLE)}`);
      await client.query("SELECT set_config('request.jwt.claims', $1, true)", [JSON.stringify(claims)]);
      await client.query(`SELECT ${configuration.PGRST_DB_PRE_REQUEST}()`);
      const answer = await work(client);
      await client.query("COMMIT");
      return reply.send(answer);
    } catch (error) {
      await client.query("ROLLBACK");
      const status = statuses[error.code] ?? 500;
      return reply
        .code(status === 403 && token === undefined ? 401 : status)
        .send({ message: error.message });
    } finally {
      client.release();
    }
  }
});

function named(name) {
  if (!identifier.test(name)) throw Object.assign(new Error(`there is no ${name}`), { code: "42P01" });
  return `"${name}"`;
}
