import { runner } from "node-pg-migrate";
import pg from "pg";
import { Refusal } from "./configuration.mjs";
import { onStop } from "./program.mjs";

const connectMs = 3_000;

/**
 * A pool of connections that ends with the program. `connection` is an address or what pg takes besides:
 * `createPool({ connectionString: DATABASE_URL, max: 20 })`.
 */
export function createPool(connection) {
  const pool = new pg.Pool({ connectionTimeoutMillis: connectMs, ...fitting(connection) });
  // Without a listener the loss of an idle connection would end the process.
  pool.on("error", (error) => console.error(`an idle database connection was lost: ${error.message}`));
  onStop(() => pool.end());
  return pool;
}

/**
 * Applies the pending SQL files of a folder (`0001_first.sql`; with parts `-- Up Migration` and `-- Down Migration` where
 * it can be reverted) in one transaction, or with `direction: "down"` takes the last `count` back. Their names are kept
 * in `schema_migrations`.
 */
export async function migrate(connection, { folder, direction = "up", count }) {
  const client = new pg.Client({
    connectionTimeoutMillis: connectMs,
    lock_timeout: 5_000,
    ...fitting(connection),
  });
  try {
    await client.connect();
    const applied = await runner({
      dbClient: client,
      dir: `${folder}/*.sql`,
      useGlob: true,
      direction,
      ...(count !== undefined && { count }),
      migrationsTable: "schema_migrations",
      singleTransaction: true,
      advisoryLockMode: "wait",
      logger: { info() {}, warn() {}, error: console.error },
    });
    for (const { name } of applied) console.log(`${direction === "up" ? "applied" : "reverted"} ${name}`);
    if (applied.length === 0) console.log("nothing to do");
  } catch (error) {
    throw new Refusal(`migration failed: ${error.message}`);
  } finally {
    await client.end();
  }
}

/** As libpq has it: `require` encrypts and doesn't look at the certificate. pg's own reading of the word is stricter. */
function fitting({ connectionString, ...options }) {
  if (connectionString === undefined) return options;
  const url = new URL(connectionString);
  const mode = url.searchParams.get("sslmode") ?? "disable";
  url.searchParams.delete("sslmode");
  const ssl = mode === "disable" ? false : { rejectUnauthorized: mode === "verify-full" };
  return { connectionString: url.href, ssl, ...options };
}
