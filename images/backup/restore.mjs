// @ts-check
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { compare } from "./comparison.mjs";
import { environmentOf, identifier, literal, query, waitUntilReady } from "./database.mjs";
import { isLeftByRestore, restoredName } from "./naming.mjs";
import { paths } from "./paths.mjs";
import { CommandError, run } from "./process.mjs";

/** @typedef {import("./database.mjs").Connection} Connection */
/** @typedef {import("./restoreSource.mjs").Source} Source */

/** Has no data of the system's: where others are made, renamed and removed from. */
export const maintenance = "postgres";
/** Milliseconds. */
export const readyTimeout = 60_000;
const unfinished = "Unfinished restore";
const jobs = String(Math.min(availableParallelism(), 4));

/**
 * Restores a database beside the one that serves, and compares its rows. What was made is removed when it fails.
 * @param {object} options
 * @param {Connection} options.admin Superuser.
 * @param {string} options.database
 * @param {Source} options.source
 * @param {readonly string[]} options.roles May connect to it, with those that may connect to the one that serves.
 * @param {(line: string) => void} options.log
 * @returns {Promise<import("./contract").RestoredDatabase>}
 */
export async function restoreDatabase({ admin, database, source, roles, log }) {
  const began = Date.now();
  await waitUntilReady(admin, { timeout: readyTimeout });
  await removeUnfinished(admin);
  const target = restoredName(database, source.run, await allDatabases(admin));
  const scratch = join(paths.work, `${target}.dump`);
  try {
    log(`Fetches the dump of database ${database}, ${source.expected.bytes} bytes`);
    const file = await source.fetch(scratch);
    await create(admin, database, target, roles);
    log(`Restores it as ${target}`);
    await restoreDump(admin, target, file);
    const [{ rows, recoveryPoint }] = await Promise.all([
      compare(admin, target, source.expected),
      analyze(admin, target),
    ]);
    await note(admin, target, `Restored from the backup ${source.run}`);
    const seconds = (Date.now() - began) / 1000;
    log(`${target} has the ${rows} rows of the backup, after ${seconds} s`);
    return { database: target, seconds, rows, ...(recoveryPoint === undefined ? {} : { recoveryPoint }) };
  } catch (error) {
    await query(admin, maintenance, `DROP DATABASE IF EXISTS ${identifier(target)} WITH (FORCE);`).catch(
      (/** @type {Error} */ problem) =>
        log(`${target} could not be removed, the next restore does it: ${problem.message}`),
    );
    throw error;
  } finally {
    await rm(scratch, { force: true });
  }
}

/**
 * Those that a restore had begun when it was killed.
 * @param {Connection} admin
 */
async function removeUnfinished(admin) {
  await query(
    admin,
    maintenance,
    `SELECT format('DROP DATABASE %I WITH (FORCE)', datname) FROM pg_database
WHERE shobj_description(oid, 'pg_database') = ${literal(unfinished)} AND datname LIKE '%\\_restore\\_%' \\gexec`,
  );
}

/**
 * Also those that nobody can connect to.
 * @param {Connection} admin
 * @returns {Promise<string[]>}
 */
export async function allDatabases(admin) {
  const lines = await query(admin, maintenance, "SELECT to_json(datname) FROM pg_database;");
  return lines.map((line) => JSON.parse(line));
}

/**
 * An empty database like the one that serves: its owner, encoding, settings and who may connect.
 * @param {Connection} admin
 * @param {string} database
 * @param {string} target
 * @param {readonly string[]} roles
 */
async function create(admin, database, target, roles) {
  const [like, owner] = [literal(database), literal(`${database}_owner`)];
  const name = identifier(target);
  const grant = roles.map((role) => `GRANT CONNECT, TEMPORARY ON DATABASE ${name} TO ${identifier(role)};`);
  // The names of the columns with the locale differ between versions.
  await query(
    admin,
    maintenance,
    `SELECT format('CREATE DATABASE %I TEMPLATE template0', :'target')
  || coalesce((SELECT format(' ENCODING %L LC_COLLATE %L LC_CTYPE %L', pg_encoding_to_char(encoding), datcollate, datctype)
    || CASE to_jsonb(d)->>'datlocprovider'
      WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale'))
      WHEN 'b' THEN format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', to_jsonb(d)->>'datlocale')
      ELSE '' END
    FROM pg_database AS d WHERE datname = ${like}), '')
  || coalesce((SELECT format(' OWNER %I', rolname) FROM pg_roles WHERE rolname = coalesce(
    (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = ${like}), ${owner})), '') \\gexec
COMMENT ON DATABASE ${name} IS ${literal(unfinished)};
REVOKE ALL ON DATABASE ${name} FROM PUBLIC;
SELECT format('GRANT %s ON DATABASE %I TO %s', privilege_type, :'target',
    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
  FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) WHERE datname = ${like} \\gexec
${grant.join("\n")}
-- As they are: ALTER DATABASE … SET would have to know how each is quoted.
INSERT INTO pg_db_role_setting SELECT fresh.oid, setrole, setconfig FROM pg_db_role_setting
  JOIN pg_database AS old ON old.oid = setdatabase AND old.datname = ${like}
  JOIN pg_database AS fresh ON fresh.datname = :'target';`,
    { variables: { target } },
  );
}

/**
 * @param {Connection} admin
 * @param {string} target
 * @param {string} file
 */
async function restoreDump(admin, target, file) {
  // Each commit needn't wait for the disk: the one that ends the restore waits for all before it.
  const env = { ...environmentOf(admin, target), PGOPTIONS: "-c synchronous_commit=off" };
  try {
    await run("pg_restore", ["--jobs", jobs, "--exit-on-error", "--dbname", target, file], { env });
  } catch (error) {
    const [, role] =
      error instanceof CommandError ? (/role "(.*)" does not exist/.exec(error.stderr) ?? []) : [];
    if (role === undefined) throw error;
    throw new Error(
      `The dump needs the role "${role}", which the server hasn't: make it first, as the backup's globals.sql has it, or run \`pulumi up\` if it is one of the system's`,
    );
  }
}

/**
 * @param {Connection} admin
 * @param {string} target
 */
async function analyze(admin, target) {
  await run("vacuumdb", ["--quiet", "--analyze-only", "--jobs", jobs, "--dbname", target], {
    env: environmentOf(admin, target),
  });
}

/**
 * @param {Connection} admin
 * @param {string} database
 * @param {string} text
 */
async function note(admin, database, text) {
  await query(admin, maintenance, `COMMENT ON DATABASE ${identifier(database)} IS ${literal(text)};`);
}

/**
 * @param {Connection} admin
 * @param {string} database
 */
export async function dropDatabase(admin, database) {
  if (!isLeftByRestore(database))
    throw new Error(
      `"${database}" isn't removed: allowed is what a restore made or kept, such as shop_before_20261121t020000z`,
    );
  await query(admin, maintenance, `DROP DATABASE ${identifier(database)} WITH (FORCE);`);
}
