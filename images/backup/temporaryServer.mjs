// @ts-check
import { spawn } from "node:child_process";
import { chmod, mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { environmentOf } from "./database.mjs";
import { paths } from "./paths.mjs";
import { CommandError, run } from "./process.mjs";

/** All that is made for one restore. */
const folder = `${paths.work}/server`;
const superuser = "postgres";
/** Milliseconds. */
const readinessPoll = 250;
const stopGrace = 10_000;
/** Characters of the log that are kept, its end. */
const mostOfLog = 64 * 1024;
/** A database takes more room than its dump: indexes, the write-ahead log. */
const spaceFactor = 1.2;

/**
 * For a container of 512 MiB. What is lost when it crashes is made anew, so nothing waits for the disk.
 * @type {Readonly<Record<string, string | number>>}
 */
const settings = {
  listen_addresses: "",
  unix_socket_permissions: "0700",
  max_connections: 20,
  shared_buffers: "64MB",
  work_mem: "4MB",
  maintenance_work_mem: "48MB",
  max_parallel_workers_per_gather: 0,
  max_parallel_maintenance_workers: 0,
  huge_pages: "off",
  jit: "off",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: 0,
  max_wal_size: "512MB",
  archive_mode: "off",
  autovacuum: "off",
  // A dump locks all tables of a database at once.
  max_locks_per_transaction: 1024,
  // Recovery of a server that has some needs at least as many.
  max_prepared_transactions: 64,
  // What the server says is looked at.
  lc_messages: "C",
  log_timezone: "UTC",
};

/** A throw-away Postgres server on a Unix socket that nobody else reaches. Its files are those of `data`. */
export class TemporaryServer {
  /** @readonly */
  data = `${folder}/data`;
  /** For what else is needed until it is thrown away. @readonly */
  scratch = `${folder}/scratch`;
  /** @readonly @type {import("./database.mjs").Connection} */
  connection = { host: `${folder}/socket`, port: 5432, user: superuser };
  /** The end of what the server has said. */
  log = "";
  /** @private @type {import("node:child_process").ChildProcess | undefined} */
  process;

  /** Makes the files of an empty server. */
  async initialise() {
    const options = [`--username=${superuser}`, "--auth=trust", "--encoding=UTF8", "--locale=C"];
    await run("initdb", [`--pgdata=${this.data}`, ...options, "--no-sync", "--no-instructions"]);
  }

  /**
   * Starts it, and resolves when it takes connections: that may be after a recovery of hours.
   * @param {Readonly<Record<string, string>>} [more] Settings.
   */
  async start(more = {}) {
    await this.configure(more);
    this.log = "";
    const child = spawn("postgres", ["-D", this.data], { stdio: ["ignore", "ignore", "pipe"] });
    this.process = child;
    let ended = false;
    child.once("error", (error) => {
      this.log += error.message;
      ended = true;
    });
    child.once("exit", () => {
      ended = true;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      this.log = `${this.log}${text}`.slice(-mostOfLog);
    });
    while (!(await this.isReady())) {
      if (ended) throw new Error(`the throw-away Postgres ended: ${lastLines(this.log)}`);
      await sleep(readinessPoll);
    }
  }

  /** Ends it at once: nothing of it is needed any more. */
  async stop() {
    const child = this.process;
    this.process = undefined;
    if (
      child === undefined ||
      child.pid === undefined ||
      child.exitCode !== null ||
      child.signalCode !== null
    )
      return;
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGQUIT");
    const timer = setTimeout(() => child.kill("SIGKILL"), stopGrace);
    await exited;
    clearTimeout(timer);
  }

  /**
   * @param {string} database
   * @returns {Record<string, string>}
   */
  environment(database) {
    return environmentOf(this.connection, database);
  }

  /**
   * What a base backup says is for the server that it is of.
   * @private
   * @param {Readonly<Record<string, string>>} more
   */
  async configure(more) {
    const all = { ...settings, unix_socket_directories: this.connection.host, ...more };
    const lines = Object.entries(all).map(
      ([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'\n`,
    );
    await chmod(this.data, 0o700);
    await rm(`${this.data}/postgresql.auto.conf`, { force: true });
    await writeFile(`${this.data}/postgresql.conf`, lines.join(""));
    await writeFile(`${this.data}/pg_hba.conf`, "local all all trust\n");
    await writeFile(`${this.data}/pg_ident.conf`, "");
  }

  /** @private */
  async isReady() {
    try {
      await run("pg_isready", ["-q"], { env: this.environment(superuser) });
      return true;
    } catch (error) {
      if (error instanceof CommandError && error.exitCode !== undefined) return false;
      throw error;
    }
  }
}

/**
 * Has a throw-away server for the time of the work. There is one at a time; it is stopped and wiped in any case.
 * @template Result
 * @param {(server: TemporaryServer) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function withTemporaryServer(work) {
  const server = new TemporaryServer();
  // One that was killed has left its files.
  await wipe();
  for (const each of [server.data, server.scratch, server.connection.host])
    await mkdir(each, { recursive: true, mode: 0o700 });
  try {
    return await work(server);
  } finally {
    await server.stop();
    await wipe();
  }
}

/**
 * Fails unless a folder's disk has room for that, and some more.
 * @param {string} place
 * @param {number} bytes
 * @param {string} what
 */
export async function requireSpace(place, bytes, what) {
  const { bavail, bsize } = await statfs(place);
  const needed = Math.ceil(bytes * spaceFactor);
  if (bavail * bsize >= needed) return;
  throw new Error(
    `${what} takes ${mebibytes(needed)} in ${place}, and its disk has ${mebibytes(bavail * bsize)} left: free some of it, or take a larger one`,
  );
}

async function wipe() {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** @param {number} bytes */
function mebibytes(bytes) {
  return `${Math.ceil(bytes / 1024 ** 2)} MiB`;
}

/** @param {string} text */
function lastLines(text) {
  return text.trim().split("\n").slice(-5).join("\n");
}
