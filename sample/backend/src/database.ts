import type { FastifyBaseLogger } from "fastify";
import pg from "pg";
import type { PostgresConfig, ServerConfig } from "./config.js";

/** How long a statement of the server may run; the migrations have no such limit. */
const statementTimeoutMs = 10_000;
const connectTimeoutMs = 3_000;

export function connectionOptions(config: PostgresConfig, application: string): pg.ClientConfig {
  return {
    host: config.POSTGRES_HOST,
    port: config.POSTGRES_PORT,
    user: config.POSTGRES_USER,
    password: config.POSTGRES_PASSWORD,
    database: config.POSTGRES_DB,
    ssl: tlsOptions(config.POSTGRES_SSLMODE),
    application_name: application,
    connectionTimeoutMillis: connectTimeoutMs,
  };
}

/** The pool of the server. It connects with the first query, so a start never waits for the database. */
export function createPool(config: ServerConfig, log: FastifyBaseLogger): pg.Pool {
  const pool = new pg.Pool({
    ...connectionOptions(config, `backend ${config.APP_VERSION}`),
    max: config.POSTGRES_POOL_SIZE,
    statement_timeout: statementTimeoutMs,
  });
  // Without a listener the loss of an idle connection would end the process.
  pool.on("error", (err) => log.warn({ err }, "an idle database connection was lost"));
  return pool;
}

/** The names as libpq knows them: `require` encrypts without checking the certificate. */
function tlsOptions(mode: PostgresConfig["POSTGRES_SSLMODE"]): pg.ClientConfig["ssl"] {
  return mode === "disable" ? false : { rejectUnauthorized: mode === "verify-full" };
}

/** The five-character code of a failure the database reported, such as 55P03. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}
