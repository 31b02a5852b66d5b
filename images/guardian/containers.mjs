// @ts-check
import { constants } from "node:os";
import { isOurs } from "./settings.mjs";

/**
 * A container of the stack, as the guardian knows it. Times are milliseconds since 1970.
 * @typedef {object} Container
 * @property {string} id
 * @property {string} name
 * @property {string} service
 * @property {string} release
 * @property {boolean} running
 * @property {boolean} paused
 * @property {"starting" | "healthy" | "unhealthy" | undefined} health Undefined without a health check.
 * @property {string} startedAt As the engine writes it; "" when it was never started.
 * @property {string} stopSignal
 * @property {number} stopTimeout Seconds.
 * @property {boolean} seenHealthy Whether it was healthy since the guardian knows it.
 * @property {number | undefined} unhealthySince
 * @property {number} stoppingUntil Until then somebody may be stopping it.
 * @property {boolean} healing A restart by the guardian is under way.
 * @property {number | undefined} failedAt When a restart by the guardian failed and left it down.
 * @property {number[]} attempts When the guardian restarted it.
 * @property {boolean} givenUp
 * @property {number} restarts
 * @property {number} oomKills
 * @property {number} heals
 */

/** Beyond its stop timeout, the time for the engine to kill it and for an update to remove it, milliseconds. */
const stopMargin = 60_000;
/** The engine's own when the container sets none, seconds. */
const defaultStopTimeout = 10;
const neverStarted = "0001-01-01T00:00:00Z";

/** The containers of one stack that are meant to run for ever, kept up to date by what the engine tells. */
export class Containers {
  /** @param {import("./settings.mjs").Settings} settings */
  constructor(settings) {
    this.settings = settings;
    /** @type {Map<string, Container>} By their id. */
    this.byId = new Map();
  }

  /**
   * Takes what `docker inspect` says of a container.
   * @param {any} inspection
   * @param {number} now
   */
  apply({ Id: id, Name, Config, HostConfig, State }, now) {
    const policy = HostConfig?.RestartPolicy?.Name ?? "";
    // One that the engine doesn't restart either is a one-shot: it's meant to end.
    if (!isOurs(this.settings, Config?.Labels) || policy === "" || policy === "no") return;
    const name = String(Name).replace(/^\//, "");
    const startedAt = State.StartedAt === neverStarted ? "" : State.StartedAt;
    const container = this.byId.get(id) ?? this.add(id, name, startedAt);
    if (container.startedAt !== startedAt) {
      if (container.startedAt !== "") container.restarts++;
      container.startedAt = startedAt;
      container.unhealthySince = undefined;
      container.failedAt = undefined;
      container.stoppingUntil = 0;
    }
    container.name = name;
    container.service = Config.Labels["slipway.service"] ?? name;
    container.release = Config.Labels["slipway.release"] ?? "";
    container.running = State.Running === true && State.Restarting !== true;
    container.paused = State.Paused === true;
    container.health = healthOf(State.Health?.Status);
    container.stopSignal = Config.StopSignal ?? "";
    container.stopTimeout = Config.StopTimeout ?? defaultStopTimeout;
    if (container.health === "healthy" && container.running) {
      container.seenHealthy = true;
      container.givenUp = false;
    }
    if (container.health !== "unhealthy" || !container.running || container.paused)
      container.unhealthySince = undefined;
    else container.unhealthySince ??= now;
  }

  /**
   * Takes an event whose content matters. Of the others the engine's state afterwards tells more.
   * @param {string} id
   * @param {string} action
   * @param {Readonly<Record<string, string>>} attributes
   * @param {number} time when it happened
   */
  note(id, action, attributes, time) {
    const container = this.byId.get(id);
    if (container === undefined) return;
    // Of the state's flag nobody can tell whether it is of this kill or the one before.
    if (action === "oom") container.oomKills++;
    // A reload is a signal too. And a restart's, told late, is no stop: it runs since.
    if (
      action === "kill" &&
      stops(container, attributes.signal) &&
      !(time <= Date.parse(container.startedAt))
    ) {
      container.stoppingUntil = time + container.stopTimeout * 1000 + stopMargin;
    }
  }

  /**
   * Forgets all that aren't among these: the engine told of their end while nobody listened.
   * @param {ReadonlySet<string>} ids
   */
  keepOnly(ids) {
    for (const id of this.byId.keys()) if (!ids.has(id)) this.byId.delete(id);
  }

  /**
   * Sorted by name.
   * @returns {Container[]}
   */
  sorted() {
    return [...this.byId.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * @private
   * @param {string} id
   * @param {string} name
   * @param {string} startedAt
   * @returns {Container}
   */
  add(id, name, startedAt) {
    // A name belongs to one: the one before has gone, though nothing told so yet.
    for (const other of this.byId.values()) if (other.name === name) this.byId.delete(other.id);
    /** @type {Container} */
    const container = {
      id,
      name,
      service: "",
      release: "",
      running: false,
      paused: false,
      health: undefined,
      startedAt,
      stopSignal: "",
      stopTimeout: defaultStopTimeout,
      seenHealthy: false,
      unhealthySince: undefined,
      stoppingUntil: 0,
      healing: false,
      failedAt: undefined,
      attempts: [],
      givenUp: false,
      restarts: 0,
      oomKills: 0,
      heals: 0,
    };
    this.byId.set(id, container);
    return container;
  }
}

/**
 * @param {unknown} status
 * @returns {Container["health"]}
 */
function healthOf(status) {
  return status === "starting" || status === "healthy" || status === "unhealthy" ? status : undefined;
}

/**
 * Whether a signal is one that ends the container.
 * @param {Container} container
 * @param {string | undefined} signal a number
 * @returns {boolean}
 */
function stops({ stopSignal }, signal) {
  const number = Number(signal);
  const { SIGTERM, SIGKILL, SIGINT, SIGQUIT } = constants.signals;
  const own = /** @type {Record<string, number>} */ (constants.signals)[
    `SIG${stopSignal.replace(/^SIG/, "")}`
  ];
  return [SIGTERM, SIGKILL, SIGINT, SIGQUIT, own, Number(stopSignal)].includes(number);
}
