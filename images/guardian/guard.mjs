// @ts-check
import { setTimeout as sleep } from "node:timers/promises";
import { Containers } from "./containers.mjs";
import { EngineError, jsonLines } from "./engine.mjs";
import { isDue, isServiceBusy } from "./rules.mjs";
import { labelFilter } from "./settings.mjs";

/** @typedef {import("./containers.mjs").Container} Container */
/** @typedef {(level: "info" | "warn" | "error", message: string, container?: Container) => void} Log */

/** What changes how a container does. A health check is an exec too: those would be most of the events. */
const actions = [
  "create",
  "start",
  "die",
  "stop",
  "kill",
  "oom",
  "destroy",
  "rename",
  "pause",
  "unpause",
  "health_status",
];

/** Milliseconds. */
const times = {
  tick: 500,
  ping: 10_000,
  pingTimeout: 5_000,
  resync: 60_000,
  shortestWait: 500,
  longestWait: 15_000,
};

/** Watches the containers of a stack, and restarts those that have become unhealthy. */
export class Guard {
  /**
   * @param {import("./engine.mjs").Engine} engine
   * @param {import("./settings.mjs").Settings} settings
   * @param {{ readonly log: Log, readonly self: string }} options `self` begins the id of the guardian's own container.
   */
  constructor(engine, settings, { log, self }) {
    this.engine = engine;
    this.settings = settings;
    this.log = log;
    this.self = self;
    this.containers = new Containers(settings);
    /** @private One at a time: an older answer must not come after a newer one. */
    this.turn = Promise.resolve();
  }

  /**
   * Until it is aborted.
   * @param {AbortSignal} signal
   */
  async run(signal) {
    const tick = setInterval(() => this.heal(), times.tick);
    let wait = times.shortestWait;
    while (!signal.aborted) {
      const connection = new AbortController();
      const checks = this.check(connection);
      const end = () => connection.abort();
      signal.addEventListener("abort", end);
      try {
        await this.follow(connection.signal, () => {
          wait = times.shortestWait;
        });
      } catch (error) {
        this.engine.up = false;
        if (!signal.aborted)
          this.log("warn", `lost the engine: ${reason(error)}; next try in ${wait / 1000} s`);
      }
      connection.abort();
      clearInterval(checks);
      signal.removeEventListener("abort", end);
      await sleep(wait, undefined, { signal }).catch(() => undefined);
      wait = Math.min(wait * 2, times.longestWait);
    }
    clearInterval(tick);
  }

  /**
   * Lists after it listens, so that nothing falls between.
   * @private
   * @param {AbortSignal} signal
   * @param {() => void} connected
   */
  async follow(signal, connected) {
    const filters = { type: ["container"], label: labelFilter(this.settings), event: actions };
    const path = `/events?filters=${encodeURIComponent(JSON.stringify(filters))}`;
    const response = await this.engine.open(path, { idle: 0, signal });
    if (response.statusCode !== 200)
      throw new EngineError(`/events: status ${response.statusCode}`, response.statusCode);
    await this.resync();
    connected();
    this.log("info", `watching ${this.containers.byId.size} containers`);
    for await (const event of jsonLines(response)) await this.take(event);
    throw new EngineError("it ended the stream of events");
  }

  /**
   * Sees whether the engine still answers: a connection to one that hangs doesn't end. And looks at all anew now and then,
   * as the engine drops events for those who are slow.
   * @private
   * @param {AbortController} connection
   */
  check(connection) {
    let resyncAt = Date.now() + times.resync;
    return setInterval(async () => {
      try {
        await this.engine.ping(times.pingTimeout);
        if (Date.now() < resyncAt) return;
        resyncAt = Date.now() + times.resync;
        await this.resync();
      } catch {
        connection.abort();
      }
    }, times.ping);
  }

  /**
   * @private
   * @param {any} event
   */
  async take(event) {
    const id = event.Actor?.ID ?? event.id;
    const action = String(event.Action ?? event.status).split(":")[0] ?? "";
    if (typeof id !== "string") return;
    if (action === "destroy") {
      this.containers.byId.delete(id);
      return;
    }
    const time = typeof event.timeNano === "number" ? event.timeNano / 1e6 : Date.now();
    this.containers.note(id, action, event.Actor?.Attributes ?? {}, time);
    await this.inTurn(() => this.look(id));
  }

  /** @private */
  resync() {
    return this.inTurn(async () => {
      const filters = encodeURIComponent(JSON.stringify({ label: labelFilter(this.settings) }));
      const listed = await this.engine.json(`/containers/json?all=1&filters=${filters}`);
      /** @type {string[]} */
      const ids = listed.map((/** @type {{ Id: string }} */ { Id }) => Id);
      this.containers.keepOnly(new Set(ids));
      for (const id of ids) await this.look(id);
    });
  }

  /**
   * @private
   * @param {string} id
   */
  async look(id) {
    try {
      this.containers.apply(await this.engine.json(`/containers/${id}/json`), Date.now());
    } catch (error) {
      if (!(error instanceof EngineError) || error.status !== 404) throw error;
      this.containers.byId.delete(id);
    }
  }

  /**
   * @private
   * @param {() => Promise<void>} work
   */
  inTurn(work) {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  /** Restarts what is due. @private */
  heal() {
    // What it knows of the containers is old.
    if (!this.engine.up) return;
    for (const container of this.containers.byId.values()) {
      const now = Date.now();
      if (!this.isDue(container, now) || isServiceBusy(container, this.containers.byId.values())) continue;
      const { limit, window } = this.settings;
      container.attempts = container.attempts.filter((time) => time > now - window);
      if (container.attempts.length < limit) {
        container.healing = true;
        void this.restart(container).finally(() => {
          container.healing = false;
        });
      } else {
        container.givenUp = true;
        this.log(
          "error",
          `given up: still unhealthy after ${limit} restarts within ${window / 1000} s`,
          container,
        );
      }
    }
  }

  /**
   * @private
   * @param {Container} container
   * @param {number} now
   */
  isDue(container, now) {
    return !container.id.startsWith(this.self) && isDue(container, this.settings, now);
  }

  /**
   * @private
   * @param {Container} container
   */
  async restart(container) {
    const { limit } = this.settings;
    try {
      await this.inTurn(() => this.look(container.id));
      if (
        !this.containers.byId.has(container.id) ||
        !this.isDue({ ...container, healing: false }, Date.now())
      )
        return;
      container.attempts.push(Date.now());
      this.log("warn", `unhealthy: restarts it, attempt ${container.attempts.length} of ${limit}`, container);
      // Without a time in the request the engine takes the container's own.
      const idle = (container.stopTimeout + 60) * 1000;
      await this.engine.json(`/containers/${container.id}/restart`, { method: "POST", idle });
      container.heals++;
      this.log("info", "restarted", container);
    } catch (error) {
      container.failedAt = Date.now();
      // The next try comes after the grace, as the first did.
      if (container.unhealthySince !== undefined) container.unhealthySince = container.failedAt;
      this.log("error", `could not be restarted: ${reason(error)}`, container);
    }
    await this.inTurn(() => this.look(container.id)).catch(() => undefined);
  }
}

/** @param {unknown} error */
function reason(error) {
  return error instanceof Error ? error.message : String(error);
}
