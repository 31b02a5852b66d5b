// @ts-check

import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { environmentOf, literal, query, writeHeartbeat } from "./database.mjs";
import { reasonOf } from "./errors.mjs";
import { paths } from "./paths.mjs";
import { run } from "./process.mjs";
import { isBefore, isSegment, wholeName } from "./walSegments.mjs";

/** By it the server keeps what was not fetched yet, while this service is down. */
const slot = "slipway_backup";
/** Milliseconds. */
const times = { shortestWait: 1_000, longestWait: 15_000, healthy: 60_000, catchUp: 20_000, poll: 300 };

/**
 * @typedef {object} Server
 * @property {string} id Its system identifier: a server that was made anew has another one.
 * @property {string} segment That it writes to now.
 */

/**
 * Streams the write-ahead log of the server into a spool, by `pg_receivewal`. Where the log has a gap, as the slot was lost,
 * what was received before is set aside: it is still good up to there.
 */
export class WalReceiver {
  /**
   * @param {{ connection: import("./database.mjs").Connection, database: string, log: (line: string) => void }} options
   */
  constructor({ connection, database, log }) {
    /** @private @readonly */
    this.connection = connection;
    /** @private @readonly */
    this.database = database;
    /** @private @readonly */
    this.log = log;
    /** @private @type {string | undefined} */
    this.failure = undefined;
    /** @private @type {Promise<Server> | undefined} */
    this.looking = undefined;
    /** @private @type {{ stop: AbortController, done: Promise<void> } | undefined} */
    this.receiving = undefined;
    /** @private */
    this.stopped = false;
  }

  /**
   * Makes sure that the log is received.
   * @returns {Promise<Server>}
   */
  async ensure() {
    // More than one asks, and it is done once.
    this.looking ??= this.look().finally(() => {
      this.looking = undefined;
    });
    return await this.looking;
  }

  /**
   * Resolves when all that was committed until now is in the spool.
   * @param {string} name Of the heartbeat: recovery to that moment needs a change after it to know that it is there.
   * @returns {Promise<{ server: string, moment: string }>} the moment in ISO 8601
   */
  async caughtUp(name) {
    const { id } = await this.ensure();
    const [moment = ""] = await this.ask("SELECT to_json(clock_timestamp());");
    await writeHeartbeat(this.connection, this.database, name);
    const [position = ""] = await this.ask("SELECT pg_current_wal_flush_lsn();");
    const deadline = Date.now() + times.catchUp;
    for (;;) {
      const [received] = await this.ask(
        `SELECT restart_lsn >= ${literal(position)} FROM pg_replication_slots WHERE slot_name = ${literal(slot)};`,
      );
      if (received === "t") break;
      if (Date.now() > deadline)
        throw new Error(
          `the write-ahead log up to ${position} was not received within ${times.catchUp / 1000} s${this.failure === undefined ? "" : `: ${this.failure}`}`,
        );
      await sleep(times.poll);
    }
    this.failure = undefined;
    return { server: id, moment: new Date(JSON.parse(moment)).toISOString() };
  }

  /**
   * Folder of what a server's log is received into.
   * @param {string} server
   */
  received(server) {
    return `${spoolOf(server)}/received`;
  }

  /**
   * The segments that there are, by name: where they are.
   * @param {string} server
   * @returns {Promise<Map<string, string>>}
   */
  async files(server) {
    const files = new Map();
    for (const folder of [beforeGap(server), this.received(server)])
      for (const name of await namesIn(folder)) files.set(name, `${folder}/${name}`);
    return files;
  }

  /**
   * Removes what is older than a segment, and all of other servers.
   * @param {string} server
   * @param {string} segment
   */
  async clean(server, segment) {
    for (const [name, path] of await this.files(server))
      if (isSegment(name) && isBefore(name, segment)) await rm(path, { force: true });
    for (const other of await namesIn(spool))
      if (other !== server) await rm(`${spool}/${other}`, { recursive: true, force: true });
  }

  async stop() {
    this.stopped = true;
    await this.looking?.catch(() => undefined);
    await this.end();
  }

  /** @private */
  async look() {
    const [line = ""] = await this.ask(
      `SELECT json_build_object('id', system_identifier::text, 'segment', pg_walfile_name(pg_current_wal_lsn()),
'slot', (SELECT wal_status FROM pg_replication_slots WHERE slot_name = ${literal(slot)})) FROM pg_control_system();`,
    );
    /** @type {Server & { slot: string | null }} */
    const { id, segment, slot: status } = JSON.parse(line);
    await mkdir(this.received(id), { recursive: true });
    if (status === null || status === "lost" || this.isGone()) await this.beginAnew(id, status !== null);
    this.begin(id);
    return { id, segment };
  }

  /** Whether the server has no more what is to be received next. @private */
  isGone() {
    return this.failure?.includes("has already been removed") ?? false;
  }

  /**
   * @private
   * @param {string} server
   * @param {boolean} isThere
   */
  async beginAnew(server, isThere) {
    await this.end();
    this.log(`the replication slot ${slot} is ${isThere ? "lost" : "not there"}: makes a new one`);
    if (isThere) await this.ask(`SELECT pg_drop_replication_slot(${literal(slot)});`);
    await mkdir(beforeGap(server), { recursive: true });
    for (const name of await namesIn(this.received(server)))
      await rename(`${this.received(server)}/${name}`, `${beforeGap(server)}/${name}`);
    await this.ask(`SELECT pg_create_physical_replication_slot(${literal(slot)}, true);`);
    this.failure = undefined;
  }

  /**
   * @private
   * @param {string} server
   */
  begin(server) {
    if (this.receiving !== undefined || this.stopped) return;
    const stop = new AbortController();
    this.receiving = { stop, done: this.receive(server, stop.signal) };
  }

  /** @private */
  async end() {
    const receiving = this.receiving;
    this.receiving = undefined;
    receiving?.stop.abort();
    await receiving?.done;
  }

  /**
   * @private
   * @param {string} server
   * @param {AbortSignal} signal
   */
  async receive(server, signal) {
    // Written to disk at once: the slot tells how far it is then, and a loss of power takes nothing.
    const args = ["-D", this.received(server), "-S", slot, "--synchronous", "--no-loop", "--no-password"];
    let wait = times.shortestWait;
    while (!signal.aborted) {
      const startedAt = Date.now();
      try {
        await run("pg_receivewal", args, { env: environmentOf(this.connection, this.database), signal });
      } catch (error) {
        if (signal.aborted) return;
        this.failure = reasonOf(error);
        this.log(`${this.failure}; next try in ${wait / 1000} s`);
      }
      if (Date.now() - startedAt > times.healthy) wait = times.shortestWait;
      await sleep(wait, undefined, { signal }).catch(() => undefined);
      wait = Math.min(wait * 2, times.longestWait);
    }
  }

  /**
   * @private
   * @param {string} sql
   */
  ask(sql) {
    return query(this.connection, this.database, sql);
  }
}

const spool = `${paths.state}/wal`;

/** @param {string} server */
export function spoolOf(server) {
  return `${spool}/${server}`;
}

/** Names of the servers of which something was received. */
export async function spooledServers() {
  return await namesIn(spool);
}

/** @param {string} server */
function beforeGap(server) {
  return `${spoolOf(server)}/before-gap`;
}

/** @param {string} folder */
async function namesIn(folder) {
  return await readdir(folder).catch((/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code === "ENOENT") return /** @type {string[]} */ ([]);
    throw error;
  });
}

/**
 * Whether the spool has a segment that follows no gap.
 * @param {readonly string[]} received
 * @param {string} segment
 */
export function goesOnFrom(received, segment) {
  return received.some((name) => wholeName(name) === segment);
}
