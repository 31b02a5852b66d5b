// @ts-check

/**
 * @typedef {object} Settings
 * @property {string} system Only containers with these two labels are seen.
 * @property {string} stack
 * @property {number} grace Milliseconds that a container must be unhealthy for before it is restarted.
 * @property {number} limit Restarts of a container within the window.
 * @property {number} window Milliseconds.
 * @property {number} uptime Milliseconds after which a container counts as one that was healthy.
 * @property {readonly string[]} except Services that are never restarted.
 */

/** Seconds, but for the limit. */
const defaults = { GRACE: 10, LIMIT: 3, WINDOW: 3600, UPTIME: 600 };

/**
 * What is never restarted unless SLIPWAY_HEAL_EXCEPT says otherwise. A Postgres that is alone is unhealthy while it
 * recovers from a crash, or when the machine is too busy: a restart begins the recovery anew, with cold caches. Of what
 * a restart helps against, the death of one of its processes, it recovers by itself. A person gets the alert.
 */
const defaultExcept = "postgres";

/**
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {Settings}
 */
export function readSettings(environment) {
  return {
    system: required(environment, "SLIPWAY_SYSTEM"),
    stack: required(environment, "SLIPWAY_STACK"),
    grace: whole(environment, "GRACE") * 1000,
    limit: whole(environment, "LIMIT"),
    window: whole(environment, "WINDOW") * 1000,
    uptime: whole(environment, "UPTIME") * 1000,
    except: (environment.SLIPWAY_HEAL_EXCEPT ?? defaultExcept)
      .split(",")
      .map((service) => service.trim())
      .filter((service) => service !== ""),
  };
}

/**
 * Whether these are labels of a container of the stack.
 * @param {Settings} settings
 * @param {Readonly<Record<string, string>> | null | undefined} labels
 * @returns {boolean}
 */
export function isOurs({ system, stack }, labels) {
  return labels?.["slipway.system"] === system && labels["slipway.stack"] === stack;
}

/**
 * The same for the engine, as a filter.
 * @param {Settings} settings
 * @returns {string[]}
 */
export function labelFilter({ system, stack }) {
  return [`slipway.system=${system}`, `slipway.stack=${stack}`];
}

/**
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @param {string} name
 * @returns {string}
 */
function required(environment, name) {
  const value = environment[name];
  if (value === undefined || value === "")
    throw new Error(`${name} is not set: the guardian needs the labels of its stack`);
  return value;
}

/**
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @param {keyof typeof defaults} name
 * @returns {number}
 */
function whole(environment, name) {
  const value = environment[`SLIPWAY_HEAL_${name}`] ?? String(defaults[name]);
  if (!/^\d{1,6}$/.test(value))
    throw new Error(`SLIPWAY_HEAL_${name} is "${value}": allowed is a whole number from 0 to 999999`);
  return Number(value);
}
