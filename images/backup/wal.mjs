// @ts-check

import { readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { environmentOf } from "./database.mjs";
import { reasonOf } from "./errors.mjs";
import { paths } from "./paths.mjs";
import { Queue } from "./queue.mjs";
import { readSecret } from "./settings.mjs";
import { neededBase } from "./walHistory.mjs";
import { goesOnFrom, spooledServers, WalReceiver } from "./walReceiver.mjs";
import { forgetWal } from "./walRetention.mjs";
import { stage } from "./walStaging.mjs";

/** @typedef {import("./restic.mjs").Repository} Repository */
/** @typedef {import("./restic.mjs").Snapshot} Snapshot */
/** @typedef {import("./contract").WalStatus} WalStatus */

/** Milliseconds. */
const times = { ship: 30_000, look: 30_000, base: 24 * 3600_000, retry: 10 * 60_000, forget: 3600_000 };
/** restic's exit code when somebody else works in the repository. */
const locked = 11;

/**
 * How one repository does.
 * @typedef {object} Shipment
 * @property {Repository} repository
 * @property {string | undefined} [until] All that was committed until then is in it.
 * @property {string | undefined} [shipError]
 * @property {string | undefined} [keepError] Of its base backups, and of forgetting.
 * @property {string} [base] Segment of the last base backup that is in it.
 * @property {number} forgotAt
 * @property {Queue} queue Of its shipping, which has one folder for it.
 */

/** Ships the write-ahead log of the server to each repository all the time, and makes the base backups that it needs. */
export class WalShipping {
  /**
   * @param {object} options
   * @param {import("./contract").Settings} options.settings
   * @param {readonly Repository[]} options.repositories
   * @param {(line: string) => void} options.log
   * @param {(status: WalStatus) => void} options.onStatus
   */
  constructor({ settings, repositories, log, onStatus }) {
    if (settings.database === undefined) throw new Error("pitr needs a database");
    const { host, port, user, name } = settings.database;
    const connection = { host, port, user, password: readSecret(paths.databasePassword) };
    /** @private @readonly */
    this.settings = settings;
    /** @private @readonly */
    this.log = log;
    /** @private @readonly */
    this.onStatus = onStatus;
    /** @private @readonly */
    this.environment = environmentOf(connection, name);
    /** @private @readonly */
    this.receiver = new WalReceiver({ connection, database: name, log });
    /** @private @readonly @type {readonly Shipment[]} */
    this.shipments = repositories.map((repository) => ({ repository, forgotAt: 0, queue: new Queue() }));
    /** @private @readonly */
    this.ending = new AbortController();
    /** @private @type {readonly Promise<void>[]} */
    this.shipping = [];
    /** In the first repository; undefined when they are to be read. @private @type {readonly Snapshot[] | undefined} */
    this.bases = undefined;
    /** @private @type {string | undefined} */
    this.baseError = undefined;
    /** @private */
    this.baseTriedAt = 0;
    /** @private @type {Promise<void> | undefined} */
    this.makingBase = undefined;
  }

  start() {
    this.shipping = this.shipments.map((shipment) =>
      this.every(times.ship, () => shipment.queue.add(() => this.ship(shipment))),
    );
    void this.every(times.look, () => this.maintain());
  }

  /** A base backup that is under way isn't waited for: without its end it is none. */
  async stop() {
    this.ending.abort();
    await this.receiver.stop();
    await Promise.all(this.shipping);
  }

  /** Makes a base backup now; recovery needs less of the log after it. */
  async baseBackup() {
    this.makingBase ??= this.makeBase().finally(() => {
      this.makingBase = undefined;
    });
    await this.makingBase;
  }

  /**
   * One repository doesn't wait for another: one that is out of reach must not keep the log from the others.
   * @private
   * @param {Shipment} shipment
   */
  async ship(shipment) {
    const { repository } = shipment;
    /** @type {{ server: string, moment: string } | undefined} */
    let caughtUp;
    /** @type {string[]} */
    const problems = [];
    try {
      caughtUp = await this.receiver.caughtUp(`wal-${repository.name}`);
    } catch (error) {
      problems.push(reasonOf(error));
    }
    try {
      // Without the server, what was received last may not be shipped yet.
      for (const server of await spooledServers()) {
        const folder = await stage(this.receiver, server, repository.name);
        const until = caughtUp?.server === server ? { until: caughtUp.moment } : {};
        const tags = { kind: "wal", server, ...until };
        await repository.backupPaths({ paths: [folder], tags, skipIfUnchanged: true });
      }
      if (caughtUp !== undefined) shipment.until = caughtUp.moment;
    } catch (error) {
      problems.push(reasonOf(error));
    }
    shipment.shipError = problems.length === 0 ? undefined : problems.join("; ");
    this.tell();
  }

  /** @private */
  async maintain() {
    try {
      if (!(await this.needsBase())) this.baseError = undefined;
      else if (Date.now() - this.baseTriedAt > times.retry) {
        await this.baseBackup();
        this.baseError = undefined;
      }
    } catch (error) {
      this.baseError = reasonOf(error);
      this.log(this.baseError);
    }
    for (const shipment of this.shipments) await this.keep(shipment);
    this.tell();
  }

  /** @private */
  async needsBase() {
    const { id } = await this.receiver.ensure();
    const base = (await this.knownBases(id)).at(-1);
    const received = await readdir(this.receiver.received(id));
    if (base === undefined) return true;
    if (!goesOnFrom(received, base.tags.wal ?? "")) {
      this.baseError ??= `the write-ahead log has a gap after the base backup of ${base.finishedAt}: the replication slot was lost. A new base backup is made, from which on there is none`;
      return true;
    }
    return Date.now() - Date.parse(base.time) > times.base;
  }

  /** @private */
  async makeBase() {
    this.baseTriedAt = Date.now();
    const { id, segment } = await this.receiver.ensure();
    const first = this.first();
    this.log(`makes a base backup in the repository ${first.name}`);
    await first.backupCommand(
      { filename: "base.tar", tags: { kind: "base", server: id, wal: segment } },
      "pg_basebackup",
      ["-D", "-", "-F", "tar", "-X", "none", "-c", "fast", "--no-password"],
      this.environment,
    );
    this.bases = undefined;
    const bases = await this.knownBases(id);
    const needed = neededBase(bases, new Date());
    if (needed?.tags.wal !== undefined) await this.receiver.clean(id, needed.tags.wal);
    // Recovery needs the log up to its end too.
    const [shipment] = this.shipments;
    await shipment?.queue.add(() => this.ship(shipment));
    this.log("the base backup is complete");
  }

  /**
   * Copies the last base backup to a repository that lacks it, and forgets there what is too old.
   * @private
   * @param {Shipment} shipment
   */
  async keep(shipment) {
    const { repository } = shipment;
    const last = this.bases?.at(-1);
    try {
      if (last !== undefined && repository !== this.first() && shipment.base !== last.id) {
        await repository.copyFrom(this.first(), [last.id]);
        shipment.base = last.id;
      }
      if (!repository.settings.appendOnly && Date.now() - shipment.forgotAt > times.forget) {
        await forgetWal(repository, this.settings.keep.daily);
        shipment.forgotAt = Date.now();
      }
      shipment.keepError = undefined;
    } catch (error) {
      if (/** @type {{ exitCode?: number }} */ (error).exitCode === locked) return;
      shipment.keepError = reasonOf(error);
      this.log(shipment.keepError);
    }
  }

  /**
   * @private
   * @param {string} server
   */
  async knownBases(server) {
    this.bases ??= await this.first().snapshots({ kind: "base", server });
    return this.bases;
  }

  /** @private */
  first() {
    const [first] = this.shipments;
    if (first === undefined) throw new Error("there is no repository");
    return first.repository;
  }

  /** @private */
  tell() {
    const moments = this.shipments.map(({ until }) => until);
    const shippedUntil = moments.includes(undefined) ? undefined : moments.sort()[0];
    const baseBackup = this.bases?.at(-1)?.finishedAt;
    const problems = [
      this.baseError,
      ...this.shipments.flatMap(({ shipError, keepError }) => [shipError, keepError]),
    ];
    const error = [...new Set(problems.filter((problem) => problem !== undefined))].join("; ");
    this.onStatus({
      ...(shippedUntil === undefined ? {} : { shippedUntil }),
      ...(baseBackup === undefined ? {} : { baseBackup }),
      ...(error === "" ? {} : { error }),
    });
  }

  /**
   * @private
   * @param {number} interval
   * @param {() => Promise<void>} work That doesn't fail.
   */
  async every(interval, work) {
    const { signal } = this.ending;
    while (!signal.aborted) {
      const next = Date.now() + interval;
      await work();
      await sleep(Math.max(0, next - Date.now()), undefined, { signal }).catch(() => undefined);
    }
  }
}
