// @ts-check
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { record } from "./backups.mjs";
import {
  databaseNames,
  dumpOptions,
  environmentOf,
  newestHeartbeat,
  schemaDigest,
  serverVersion,
  tableRows,
  waitUntilReady,
  writeHeartbeat,
} from "./database.mjs";
import { inSnapshot } from "./heldSnapshot.mjs";
import { dumpPath, isLeftByRestore, runId } from "./naming.mjs";
import { paths } from "./paths.mjs";
import { CommandError, runToFile } from "./process.mjs";
import { forgetIncomplete } from "./retention.mjs";

/** @typedef {import("./contract").DatabaseRecord} DatabaseRecord */
/** @typedef {import("./contract").Manifest} Manifest */
/** @typedef {import("./contract").RunSummary} RunSummary */
/** @typedef {import("./database.mjs").Connection} Connection */

/**
 * @typedef {object} Request
 * @property {import("./contract").Reason} reason
 * @property {string} [before]
 */

/**
 * @typedef {object} Context
 * @property {import("./contract").Settings} settings
 * @property {import("./restic.mjs").Repository} repository The first one.
 * @property {Connection | undefined} connection Of the role for backups.
 * @property {import("./contract").Release | undefined} release
 * @property {(line: string) => void} log
 * @property {AbortSignal} [signal]
 */

/** Milliseconds that a database may take to come up. */
const readyTimeout = 5 * 60_000;

/**
 * Makes a backup in the first repository. It counts once the last snapshot is there, which has the manifest: whatever
 * fails before that leaves a run that is never listed, and that the next one clears away.
 * @param {Context} context
 * @param {Request} request
 * @returns {Promise<RunSummary>}
 */
export async function backUp(context, { reason, before }) {
  const { settings, repository, connection, release, log } = context;
  await forgetIncomplete(repository);
  const startedAt = await freshMoment(repository);
  const run = runId(startedAt);
  const tags = { run, reason, ...(before === undefined ? {} : { before }) };
  log(`Backup ${run} begins: ${reason}${before === undefined ? "" : `, before release ${before}`}`);

  const sizes = { bytes: 0, added: 0 };
  const stored = (/** @type {{ bytes: number, added: number }} */ { bytes, added }) => {
    sizes.bytes += bytes;
    sizes.added += added;
  };
  await rm(record.folder, { recursive: true, force: true });
  await mkdir(record.folder, { recursive: true });
  const databases =
    connection === undefined ? {} : await backUpDatabases(context, connection, { run, tags, stored });
  const volumes = reason === "restore-point" ? [] : settings.volumes;
  /** @type {Manifest} */
  const manifest = {
    format: 1,
    ...{ run, reason, ...(before === undefined ? {} : { before }) },
    startedAt: startedAt.toISOString(),
    finishedAt: new Date().toISOString(),
    ...(release === undefined ? {} : { release }),
    ...(connection === undefined
      ? {}
      : { serverVersion: await serverVersion(connection, systemDatabase(settings)) }),
    databases,
    volumes,
  };
  await writeFile(record.manifest, `${JSON.stringify(manifest, undefined, 2)}\n`);
  const folders = volumes.map((volume) => join(paths.volumes, volume));
  for (const folder of folders) await mustBeFolder(folder);
  stored(
    await repository.backupPaths({ paths: [record.folder, ...folders], tags: { ...tags, kind: "files" } }),
  );

  const time = new Date();
  const seconds = (time.getTime() - startedAt.getTime()) / 1000;
  log(`Backup ${run} is complete in the repository ${repository.name}: ${sizes.bytes} bytes in ${seconds} s`);
  return { run, time: time.toISOString(), seconds, bytes: sizes.bytes, addedBytes: sizes.added };
}

/**
 * Ids of runs have seconds; two of them must not be the same.
 * @param {import("./restic.mjs").Repository} repository
 */
async function freshMoment(repository) {
  const runs = (await repository.snapshots({ kind: "files" })).map(({ tags }) => tags.run);
  for (;;) {
    const now = new Date();
    if (!runs.includes(runId(now))) return now;
    await sleep(100);
  }
}

/**
 * @param {Context} context
 * @param {Connection} connection
 * @param {{ run: string, tags: Readonly<Record<string, string>>, stored: (sizes: { bytes: number, added: number }) => void }} options
 * @returns {Promise<Record<string, DatabaseRecord>>}
 */
async function backUpDatabases({ settings, repository, log, signal }, connection, { run, tags, stored }) {
  const system = systemDatabase(settings);
  await waitUntilReady(connection, { timeout: readyTimeout, ...(signal === undefined ? {} : { signal }) });
  const names = (await databaseNames(connection, system)).filter(
    (name) => name !== "postgres" && !isLeftByRestore(name),
  );
  await writeHeartbeat(connection, system, run);
  /** @type {Record<string, DatabaseRecord>} */
  const records = {};
  for (const name of names) {
    const began = Date.now();
    const { sizes, ...found } = await backUpDatabase(repository, connection, name, tags);
    stored(sizes);
    if (name === system && found.heartbeat === undefined)
      throw new Error(`The dump of database ${name} has no heartbeat: schema slipway was changed meanwhile`);
    const { heartbeat, ...others } = found;
    records[name] = name === system && heartbeat !== undefined ? { ...others, heartbeat } : others;
    log(`Database ${name}: ${sizes.bytes} bytes in ${(Date.now() - began) / 1000} s`);
  }
  await runToFile(
    "pg_dumpall",
    ["--globals-only", "--no-role-passwords", `--database=${system}`],
    record.globals,
    { env: environmentOf(connection, system) },
  );
  return records;
}

/**
 * The dump, and what a restore of it must have: all of the same moment.
 * @param {import("./restic.mjs").Repository} repository
 * @param {Connection} connection
 * @param {string} database
 * @param {Readonly<Record<string, string>>} tags
 */
async function backUpDatabase(repository, connection, database, tags) {
  const path = dumpPath(database);
  const found = await inSnapshot(connection, database, async (snapshot) => {
    const [tables, heartbeat, digest] = [
      await tableRows(connection, database, snapshot),
      await newestHeartbeat(connection, database, snapshot),
      await schemaDigest(connection, database, snapshot),
    ];
    // Not compressed: restic does that, and finds what hasn't changed.
    const options = ["--format=custom", "--compress=0", `--snapshot=${snapshot}`, ...dumpOptions];
    const sizes = await repository
      .backupCommand(
        { filename: path.slice(1), tags: { ...tags, kind: "database", database } },
        "pg_dump",
        options,
        environmentOf(connection, database),
      )
      .catch((error) => {
        throw error instanceof CommandError
          ? new Error(`The dump of database ${database} failed: ${error.message}`)
          : error;
      });
    return { tables, heartbeat, schemaDigest: digest, sizes };
  });
  const { snapshot, ...sizes } = found.sizes;
  await proveReadable(repository, snapshot, path, Object.keys(found.tables).length);
  return { ...found, snapshot, bytes: sizes.bytes, sizes };
}

/**
 * @param {import("./restic.mjs").Repository} repository
 * @param {string} snapshot
 * @param {string} path
 * @param {number} tables
 */
async function proveReadable(repository, snapshot, path, tables) {
  const options = { mayStopReading: true };
  const { stdout } = await repository.dumpInto(snapshot, path, "pg_restore", ["--list"], {}, options);
  const listed = stdout.split("\n").filter((line) => / TABLE DATA /.test(line)).length;
  if (listed < tables)
    throw new Error(`The dump ${path.slice(1)} has the rows of ${listed} tables, the database has ${tables}`);
}

/** @param {import("./contract").Settings} settings */
function systemDatabase({ database }) {
  if (database === undefined) throw new Error("There is no database in the settings");
  return database.name;
}

/** @param {string} folder */
async function mustBeFolder(folder) {
  const there = await stat(folder).catch(() => undefined);
  if (!there?.isDirectory())
    throw new Error(
      `${folder} is not there: the volume isn't mounted. Run \`pulumi up\`, which makes the container anew`,
    );
}
