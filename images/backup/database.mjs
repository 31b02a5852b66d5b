// @ts-check
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError, run } from "./process.mjs";

/**
 * @typedef {object} Connection
 * @property {string} host Also the folder of a Unix socket.
 * @property {number} port
 * @property {string} user
 * @property {string} [password]
 */

/** Seconds to wait for a lock: a migration may hold one, but a backup that waits for ever is none. */
const lockTimeout = 600;
/** Rows of slipway.heartbeat. */
const keptHeartbeats = 100;
/** Milliseconds. */
const readinessPoll = 1_000;

/** What a role or a database may set, and would end a long query. Which of them there are depends on the version. */
export const withoutTimeouts = `SELECT set_config(name, CASE name WHEN 'lock_timeout' THEN '${lockTimeout}s' ELSE '0' END, false)
FROM pg_settings WHERE name IN ('lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout',
'transaction_timeout') \\g /dev/null
`;

export const psqlOptions = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"];

/** Of pg_dump, whose own timeouts are off by themselves. */
export const dumpOptions = [`--lock-wait-timeout=${lockTimeout}s`];

/**
 * What psql, pg_dump and the others take their connection from.
 * @param {Connection} connection
 * @param {string} database
 * @returns {Record<string, string>}
 */
export function environmentOf({ host, port, user, password }, database) {
  return {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGDATABASE: database,
    PGAPPNAME: "slipway-backup",
    PGCONNECT_TIMEOUT: "10",
    ...(password === undefined ? {} : { PGPASSWORD: password }),
  };
}

/**
 * Runs statements for psql, and stops at the first that fails.
 * @param {Connection} connection
 * @param {string} database
 * @param {string} sql
 * @param {{ snapshot?: string | undefined, variables?: Readonly<Record<string, string>> }} [options] With an exported
 *   snapshot, it sees what that shows. The variables are seen by everybody on the machine.
 * @returns {Promise<string[]>} the lines of what it answers
 */
export async function query(connection, database, sql, { snapshot, variables = {} } = {}) {
  const begin =
    snapshot === undefined
      ? ""
      : `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\nSET TRANSACTION SNAPSHOT ${literal(snapshot)};\n`;
  const set = Object.entries(variables).flatMap(([name, value]) => ["-v", `${name}=${value}`]);
  const { stdout } = await run("psql", [...psqlOptions, ...set], {
    env: environmentOf(connection, database),
    input: `${withoutTimeouts}${begin}${sql}\n`,
  });
  return stdout.split("\n").filter((line) => line !== "");
}

/**
 * Until the server takes connections.
 * @param {Connection} connection
 * @param {{ timeout: number, signal?: AbortSignal }} options Milliseconds.
 */
export async function waitUntilReady(connection, { timeout, signal }) {
  const deadline = Date.now() + timeout;
  for (;;) {
    try {
      await run("pg_isready", ["-t", "5"], { env: environmentOf(connection, "postgres") });
      return;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (Date.now() > deadline)
        throw new Error(
          `Postgres at ${connection.host}:${connection.port} takes no connections after ${timeout / 1000} s: ${error.stdout.trim() || error.message}. Look at its log; the next try comes by itself`,
        );
    }
    await sleep(readinessPoll, undefined, signal === undefined ? {} : { signal });
  }
}

/**
 * Such as `17.5`.
 * @param {Connection} connection
 * @param {string} database
 */
export async function serverVersion(connection, database) {
  const [version = ""] = await query(connection, database, "SHOW server_version;");
  return version.split(" ")[0] ?? "";
}

/**
 * All that can be connected to, but for the templates.
 * @param {Connection} connection
 * @param {string} database
 */
export async function databaseNames(connection, database) {
  const lines = await query(
    connection,
    database,
    "SELECT to_json(datname) FROM pg_database WHERE NOT datistemplate AND datallowconn ORDER BY datname;",
  );
  return lines.map((line) => /** @type {string} */ (JSON.parse(line)));
}

/**
 * Rows of each table whose rows a dump has, by `schema.table`.
 * @param {Connection} connection
 * @param {string} database
 * @param {string} [snapshot]
 * @returns {Promise<Record<string, number>>}
 */
export async function tableRows(connection, database, snapshot) {
  // A partition and a child are tables of their own. Of an extension's tables, the dump has what the extension says.
  const counts = await query(
    connection,
    database,
    `SELECT format('SELECT json_build_array(%L, count(*)) FROM ONLY %I.%I', nspname || '.' || relname, nspname, relname)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND relpersistence <> 't'
AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
ORDER BY nspname, relname \\gexec`,
    { snapshot },
  );
  return Object.fromEntries(counts.map((line) => JSON.parse(line)));
}

/**
 * Writes a row that tells later up to when a copy of the database has everything.
 * @param {Connection} connection
 * @param {string} database
 * @param {string} run
 */
export async function writeHeartbeat(connection, database, run) {
  await query(
    connection,
    database,
    `SELECT to_regclass('slipway.heartbeat') IS NULL AS missing \\gset
\\if :missing
CREATE SCHEMA IF NOT EXISTS slipway;
CREATE TABLE slipway.heartbeat (run text PRIMARY KEY, at timestamptz NOT NULL);
\\endif
INSERT INTO slipway.heartbeat VALUES (:'run', clock_timestamp()) ON CONFLICT (run) DO UPDATE SET at = clock_timestamp();
DELETE FROM slipway.heartbeat WHERE run NOT IN (SELECT run FROM slipway.heartbeat ORDER BY at DESC LIMIT ${keptHeartbeats});`,
    { variables: { run } },
  );
}

/**
 * When the last row was written, ISO 8601; undefined where there is none.
 * @param {Connection} connection
 * @param {string} database
 * @param {string} [snapshot]
 * @returns {Promise<string | undefined>}
 */
export async function newestHeartbeat(connection, database, snapshot) {
  const [at] = await query(
    connection,
    database,
    `SELECT to_regclass('slipway.heartbeat') IS NOT NULL AS there \\gset
\\if :there
SELECT to_char(max(at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') FROM slipway.heartbeat;
\\endif`,
    { snapshot },
  );
  return at;
}

/**
 * SHA-256 of what the migrations have made.
 * @param {Connection} connection
 * @param {string} database
 * @param {string} [snapshot]
 */
export async function schemaDigest(connection, database, snapshot) {
  // Every deploy brings owners and privileges in order, and may so change the order in which they are told.
  const options = [
    "--schema-only",
    "--exclude-schema=slipway",
    "--no-owner",
    "--no-privileges",
    "--no-tablespaces",
  ];
  const { stdout } = await run(
    "pg_dump",
    [...options, ...dumpOptions, ...(snapshot === undefined ? [] : [`--snapshot=${snapshot}`])],
    { env: environmentOf(connection, database) },
  );
  return createHash("sha256").update(withoutNoise(stdout)).digest("hex");
}

/**
 * A schema as pg_dump prints it, without what differs from dump to dump: comments with versions, and keys by chance.
 * @param {string} schema
 */
export function withoutNoise(schema) {
  const kept = schema
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "" && !line.startsWith("--") && !/^\\(un)?restrict /.test(line));
  return `${kept.join("\n")}\n`;
}

/** @param {string} name */
export function identifier(name) {
  return `"${name.replaceAll('"', '""')}"`;
}

/** @param {string} text */
export function literal(text) {
  return `'${text.replaceAll("'", "''")}'`;
}
