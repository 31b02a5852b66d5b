#!/usr/bin/env node
import { runner } from "node-pg-migrate";
import pg from "pg";
import { CommandError, runCommand } from "./command.js";
import { type MigrateConfig, migrateConfig, readConfig } from "./config.js";
import { connectionOptions, sqlState } from "./database.js";
import { migrationFiles, migrationName, migrationsTable } from "./migrations.js";

/** How long a statement waits for a lock: a waiting ALTER TABLE makes the queries of the running release wait too. */
const lockTimeoutMs = 5_000;
const lockNotAvailable = "55P03";

/**
 * Applies the pending migrations in one transaction: all or none. An advisory lock keeps two runs apart. Connects
 * as the owner of the tables; the server's own role can't. Called as golang-migrate is.
 */
await runCommand(async () => {
  const config = readConfig(migrateConfig);
  const files = migrationFiles(config.MISBEHAVE, folderOf(process.argv.slice(2)));
  const client = await connect(config);
  const blocker = config.MISBEHAVE === "locked-migration" ? await holdTableLock(config) : undefined;
  try {
    const applied = await runner({
      dbClient: client,
      dir: [...files],
      useGlob: true,
      direction: "up",
      migrationsTable,
      singleTransaction: true,
      advisoryLockMode: "wait",
      // The library tells each statement; what was applied is told below, what failed by the exception.
      logger: { info() {}, warn() {}, error: console.error },
    });
    for (const { name } of applied) console.log(`applied ${name}`);
    const latest = files.map(migrationName).at(-1);
    console.log(applied.length > 0 ? `the database is at ${latest}` : `nothing to apply: ${latest} is there`);
  } catch (error) {
    throw new CommandError(describeFailure(error));
  } finally {
    await blocker?.end();
    await client.end();
  }
});

/** @throws {CommandError} for anything else that golang-migrate can do. */
function folderOf(args: readonly string[]): string {
  const [path, folder = "", database, url, command, ...more] = args;
  const known = path === "-path" && database === "-database" && url === "postgres:///" && command === "up";
  if (known && more.length === 0) return folder;
  throw new CommandError(`usage: migrate -path FOLDER -database postgres:/// up\nnot ${args.join(" ")}`);
}

async function connect(config: MigrateConfig): Promise<pg.Client> {
  const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE } = config;
  const database = {
    POSTGRES_HOST: PGHOST,
    POSTGRES_PORT: PGPORT,
    POSTGRES_USER: PGUSER,
    POSTGRES_PASSWORD: PGPASSWORD,
    POSTGRES_DB: PGDATABASE,
    POSTGRES_SSLMODE: PGSSLMODE,
  };
  const client = new pg.Client({ ...connectionOptions(database, "migrate"), lock_timeout: lockTimeoutMs });
  try {
    await client.connect();
    return client;
  } catch (error) {
    const where = `${PGHOST}:${PGPORT}/${PGDATABASE}`;
    throw new CommandError(`migration failed: no connection to ${where} as ${PGUSER}: ${reason(error)}`);
  }
}

/** Stands in for a long report that reads a table which the migration wants to change. */
async function holdTableLock(config: MigrateConfig): Promise<pg.Client> {
  const client = await connect(config);
  await client.query("BEGIN; LOCK TABLE users IN ACCESS SHARE MODE");
  return client;
}

function describeFailure(error: unknown): string {
  const unchanged = "Nothing was changed: all pending migrations are one transaction.";
  if (sqlState(error) !== lockNotAvailable) return `migration failed: ${reason(error)}. ${unchanged}`;
  return (
    `migration failed: another transaction held a lock for more than ${lockTimeoutMs / 1000} s. ${unchanged} ` +
    "pg_stat_activity shows who; end it or try again when it is done."
  );
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
