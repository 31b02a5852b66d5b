// @ts-check
import { chmod, mkdir, readdir, rm, stat } from "node:fs/promises";
import {
  databaseNames,
  dumpOptions,
  newestHeartbeat,
  query,
  schemaDigest,
  serverVersion,
  tableRows,
} from "./database.mjs";
import { dumpPath, isLeftByRestore, runId } from "./naming.mjs";
import { paths } from "./paths.mjs";
import { recoverServer } from "./pointInTime.mjs";
import { run } from "./process.mjs";
import { writeJson } from "./state.mjs";
import { requireSpace, withTemporaryServer } from "./temporaryServer.mjs";

/** @typedef {import("./contract").Manifest} Manifest */
/** @typedef {import("./temporaryServer.mjs").TemporaryServer} TemporaryServer */

const folder = `${paths.state}/recovered`;
/** Has no data of the system's. */
const maintenance = "postgres";

/**
 * Recovers the server to a moment in a throw-away one, and leaves dumps of its databases, which the backup service can
 * restore. Those of an earlier recovery are removed.
 * @param {object} options
 * @param {import("./contract").Settings} options.settings
 * @param {import("./restic.mjs").Repository} options.repository
 * @param {string} options.time ISO 8601.
 * @param {(line: string) => void} options.log
 * @returns {Promise<import("./contract").Recovered>}
 */
export async function recover({ settings, repository, time, log }) {
  if (!settings.pitr)
    throw new Error(
      "the write-ahead log isn't kept: recovery to a moment needs `pitr: true`. A backup can be restored by its id",
    );
  const moment = timeOf(time);
  const recovered = runId(moment);
  const target = `${folder}/${recovered}`;
  for (const each of await readdir(folder)) await rm(`${folder}/${each}`, { recursive: true, force: true });
  try {
    return await withTemporaryServer(async (server) => {
      const startedAt = new Date().toISOString();
      const recoveryPoint = await recoverServer(server, repository, log, moment);
      await mkdir(target, { mode: 0o750 });
      const databases = await dumpAll(server, settings, target, log);
      /** @type {Manifest} */
      const manifest = {
        format: 1,
        run: recovered,
        reason: "manual",
        startedAt,
        finishedAt: new Date().toISOString(),
        serverVersion: await serverVersion(server.connection, maintenance),
        databases,
        volumes: [],
      };
      // The last thing: without it the folder is none.
      await writeJson(`${target}/manifest.json`, manifest);
      return { recovered, ...(recoveryPoint === undefined ? {} : { recoveryPoint }) };
    });
  } catch (error) {
    await rm(target, { recursive: true, force: true });
    throw error;
  }
}

/**
 * @param {string} text
 * @returns {Date}
 */
function timeOf(text) {
  const time = new Date(text);
  // One without a zone would be taken as that of the server.
  if (Number.isNaN(time.getTime()) || !/(Z|[+-]\d\d:?\d\d)$/.test(text))
    throw new Error(`time is "${text}": allowed is ISO 8601 with a zone, such as 2026-11-21T02:00:00Z`);
  return time;
}

/**
 * @param {TemporaryServer} server
 * @param {import("./contract").Settings} settings
 * @param {string} target
 * @param {(line: string) => void} log
 * @returns {Promise<Manifest["databases"]>}
 */
async function dumpAll(server, settings, target, log) {
  const { connection } = server;
  const names = (await databaseNames(connection, maintenance)).filter(
    (name) => name !== maintenance && !isLeftByRestore(name),
  );
  const sizes = await query(
    connection,
    maintenance,
    "SELECT json_build_array(datname, pg_database_size(oid)) FROM pg_database;",
  );
  /** @type {Record<string, number>} */
  const bytes = Object.fromEntries(sizes.map((line) => JSON.parse(line)));
  const sum = names.reduce((total, name) => total + (bytes[name] ?? 0), 0);
  await requireSpace(folder, sum, "A dump of each database");

  /** @type {Record<string, Manifest["databases"][string]>} */
  const databases = {};
  for (const name of names) {
    log(`dumps the database ${name}`);
    const file = `${target}${dumpPath(name)}`;
    await run("pg_dump", ["-Fc", "-Z0", ...dumpOptions, "-f", file], { env: server.environment(name) });
    // Those of the group restore it.
    await chmod(file, 0o640);
    const heartbeat = name === settings.database?.name ? await newestHeartbeat(connection, name) : undefined;
    databases[name] = {
      // Of none: it is a file.
      snapshot: "",
      bytes: (await stat(file)).size,
      tables: await tableRows(connection, name),
      ...(heartbeat === undefined ? {} : { heartbeat }),
      schemaDigest: await schemaDigest(connection, name),
    };
  }
  return databases;
}
