// @ts-check
import { rm } from "node:fs/promises";
import { findBackup, findDump, listBackups, record } from "./backups.mjs";
import { compare } from "./comparison.mjs";
import { newestHeartbeat, query } from "./database.mjs";
import { reasonOf } from "./errors.mjs";
import { paths } from "./paths.mjs";
import { recoverServer } from "./pointInTime.mjs";
import { CommandError, run } from "./process.mjs";
import { requireSpace, withTemporaryServer } from "./temporaryServer.mjs";

/** @typedef {import("./contract").DrillResult} DrillResult */
/** @typedef {import("./restic.mjs").Repository} Repository */
/** @typedef {import("./temporaryServer.mjs").TemporaryServer} TemporaryServer */
/** @typedef {(line: string) => void} Log */

/** Has no data of the system's, and is there from the beginning. */
const maintenance = "postgres";
/** Connections that restore and check at once. */
const jobs = "2";

/** What a drill has found out until now. */
class Findings {
  rows = 0;
  /** @type {string[]} */
  checks = [];
  /** @type {string | undefined} */
  recoveryPoint;
  /** @type {string | undefined} */
  pitrRecoveryPoint;
}

/**
 * Restores a backup into a throw-away server and compares it with what the backup says. It doesn't fail: the result tells.
 * @param {object} options
 * @param {import("./contract").Settings} options.settings
 * @param {Repository} options.repository
 * @param {string} [options.run] The newest unless given.
 * @param {Log} options.log
 * @returns {Promise<DrillResult>}
 */
export async function drill({ settings, repository, run: asked, log }) {
  const startedAt = new Date();
  const findings = new Findings();
  let backup = asked ?? "";
  /** @type {string | undefined} */
  let error;
  try {
    backup = asked ?? (await newestBackup(repository));
    log(`drill of the backup ${backup} in the repository ${repository.name}`);
    await drillBackup(repository, backup, findings, log);
    if (settings.pitr && settings.database !== undefined)
      await drillLog(settings.database.name, repository, findings, log);
  } catch (caught) {
    error = reasonOf(caught);
  }
  const finishedAt = new Date();
  const { rows, checks, recoveryPoint, pitrRecoveryPoint } = findings;
  return {
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    ...(error === undefined ? {} : { error }),
    run: backup,
    repository: repository.name,
    seconds: (finishedAt.getTime() - startedAt.getTime()) / 1000,
    rows,
    ...(recoveryPoint === undefined ? {} : { recoveryPoint }),
    ...(pitrRecoveryPoint === undefined ? {} : { pitrRecoveryPoint }),
    checks,
  };
}

/** @param {Repository} repository */
async function newestBackup(repository) {
  const [newest] = await listBackups(repository);
  if (newest === undefined) throw new Error(`the repository ${repository.name} has no complete backup yet`);
  return newest.run;
}

/**
 * @param {Repository} repository
 * @param {string} backup
 * @param {Findings} findings
 * @param {Log} log
 */
async function drillBackup(repository, backup, findings, log) {
  const { files, manifest } = await findBackup(repository, backup);
  const records = Object.values(manifest.databases);
  if (records.length === 0) return;
  const globals = await repository.readText(files.id, record.globals);
  if (!/^CREATE ROLE /m.test(globals))
    throw new Error(`globals.sql of the backup ${backup} has no role: it has ${globals.length} characters`);
  const bytes = records.map((database) => database.bytes);
  // One dump at a time is there with the databases.
  await requireSpace(
    paths.work,
    bytes.reduce((sum, each) => sum + each, Math.max(...bytes)),
    "The backup, restored,",
  );

  await withTemporaryServer(async (server) => {
    await server.initialise();
    await server.start();
    await restoreGlobals(server, globals);
    for (const [name, record] of Object.entries(manifest.databases)) {
      log(`restores the database ${name}`);
      await restoreDatabase(server, repository, backup, name);
      const { rows, recoveryPoint } = await compare(server.connection, name, record);
      findings.rows += rows;
      // Only the system's has one.
      if (record.heartbeat !== undefined) findings.recoveryPoint = recoveryPoint;
    }
    findings.checks.push(...(await checkRelations(server, "pg_amcheck")));
  });
}

/**
 * @param {string} database
 * @param {Repository} repository
 * @param {Findings} findings
 * @param {Log} log
 */
async function drillLog(database, repository, findings, log) {
  await withTemporaryServer(async (server) => {
    await recoverServer(server, repository, log);
    findings.checks.push("pg_verifybackup: the base backup is whole");
    const heartbeat = await newestHeartbeat(server.connection, database);
    if (heartbeat === undefined)
      throw new Error(`recovered from the write-ahead log, the database ${database} has no heartbeat`);
    findings.pitrRecoveryPoint = heartbeat;
    findings.checks.push(...(await checkRelations(server, "pg_amcheck after recovery")));
  });
}

/**
 * @param {TemporaryServer} server
 * @param {string} globals
 */
async function restoreGlobals(server, globals) {
  const { stderr } = await run("psql", ["-X", "-q", "-d", maintenance], {
    env: server.environment(maintenance),
    input: globals,
  });
  // The superuser is there.
  const problems = stderr
    .split("\n")
    .filter((line) => /(ERROR|FATAL|PANIC): /.test(line) && !/role ".*" already exists$/.test(line));
  if (problems.length > 0) throw new Error(`globals.sql can't be restored: ${problems.join("\n")}`);
}

/**
 * @param {TemporaryServer} server
 * @param {Repository} repository
 * @param {string} backup
 * @param {string} name
 */
async function restoreDatabase(server, repository, backup, name) {
  const { snapshot, path } = await findDump(repository, backup, name);
  const file = `${server.scratch}/restored.dump`;
  await repository.dump(snapshot, path, file);
  await run("pg_restore", ["--jobs", jobs, "--exit-on-error", "--create", "--dbname", maintenance, file], {
    env: server.environment(maintenance),
  });
  await rm(file);
}

/**
 * Looks at the structure of all tables and indexes, where the server's image can do that.
 * @param {TemporaryServer} server
 * @param {string} name
 * @returns {Promise<string[]>} what was looked at
 */
async function checkRelations(server, name) {
  const [available] = await query(
    server.connection,
    maintenance,
    "SELECT count(*) FROM pg_available_extensions WHERE name = 'amcheck';",
  );
  if (available === "0" || !(await isThere("pg_amcheck"))) return [];
  const { stderr } = await run("pg_amcheck", ["--install-missing", "--all", "--progress", "--jobs", jobs], {
    env: server.environment(maintenance),
  });
  const relations = stderr.match(/\d+(?=\/\d+ relations)/g)?.at(-1) ?? "all";
  return [`${name}: ${relations} relations`];
}

/** @param {string} program */
async function isThere(program) {
  try {
    await run(program, ["--version"]);
    return true;
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === undefined) return false;
    throw error;
  }
}
