// @ts-check
import { readFileSync } from "node:fs";
import { reasonOf } from "./errors.mjs";
import { paths } from "./paths.mjs";

/** @typedef {import("./contract").Settings} Settings */

/**
 * What the container was made with.
 * @param {string} [file]
 * @returns {Settings}
 */
export function readSettings(file = paths.settings) {
  const value = parsed(file, readFileSync(file, "utf8"));
  const wrong = problemOf(value);
  if (wrong !== undefined) throw new Error(`${file}: ${wrong}`);
  return /** @type {Settings} */ (value);
}

/**
 * What restic calls the host of the snapshots: whose they are, on whatever machine.
 * @param {Settings} settings
 */
export function snapshotHost({ system, stack }) {
  return `${system}-${stack}`;
}

/**
 * The repository that was asked for, the first one unless named.
 * @template {{ readonly name: import("./contract").RepositoryName }} Named
 * @param {readonly Named[]} all
 * @param {string | undefined} name
 * @returns {Named}
 */
export function repositoryNamed(all, name) {
  const found = all.find((each) => name === undefined || each.name === name);
  if (found === undefined)
    throw new Error(`repository is "${name}": allowed is ${all.map((each) => each.name).join(", ")}`);
  return found;
}

/**
 * A secret that is in a file, of one line.
 * @param {string} file
 * @returns {string}
 */
export function readSecret(file) {
  const secret = readFileSync(file, "utf8").trim();
  if (secret === "") throw new Error(`${file} is empty: it must have the secret`);
  return secret;
}

/**
 * @param {string} file
 * @param {string} text
 * @returns {unknown}
 */
function parsed(file, text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is no JSON: ${reasonOf(error)}`);
  }
}

/** @typedef {readonly [path: string, allowed: string, isAllowed: (value: any) => boolean]} Rule */

const isText = (/** @type {unknown} */ value) => typeof value === "string" && value !== "";
const isTexts = (/** @type {unknown} */ value) => Array.isArray(value) && value.every(isText);
const whole = (/** @type {number} */ from, /** @type {number} */ to) => (/** @type {unknown} */ value) =>
  Number.isInteger(value) && Number(value) >= from && Number(value) <= to;

/** @type {readonly Rule[]} */
const rules = [
  ["system", "a name", isText],
  ["stack", "a name", isText],
  ["schedule.hour", "a whole number from 0 to 23", whole(0, 23)],
  ["schedule.minute", "a whole number from 0 to 59", whole(0, 59)],
  ...["daily", "weekly", "monthly", "restorePoints"].map(
    (name) => /** @type {Rule} */ ([`keep.${name}`, "a whole number from 0 to 9999", whole(0, 9999)]),
  ),
  ["repositories", "a list of one at least", (value) => Array.isArray(value) && value.length > 0],
  ["volumes", "a list of names", isTexts],
  ["pitr", "true or false", (value) => typeof value === "boolean"],
];

/** @type {readonly Rule[]} */
const repositoryRules = [
  ["name", "local or s3", (value) => value === "local" || value === "s3"],
  ["location", "an absolute path or s3:<url>", (value) => isText(value) && /^(\/|s3:)/.test(value)],
  ["region", "a name, or nothing", (value) => value === undefined || isText(value)],
  ["appendOnly", "true or false", (value) => typeof value === "boolean"],
];

/** @type {readonly Rule[]} */
const databaseRules = [
  ["host", "a name", isText],
  ["port", "a whole number from 1 to 65535", whole(1, 65535)],
  ["name", "a name", isText],
  ["user", "a name", isText],
  ["roles", "a list of names", isTexts],
];

/**
 * @param {any} settings
 * @returns {string | undefined}
 */
function problemOf(settings) {
  return (
    broken(settings, rules) ??
    settings.repositories
      .map((/** @type {unknown} */ each, /** @type {number} */ index) =>
        broken(each, repositoryRules, `repositories[${index}].`),
      )
      .find((/** @type {string | undefined} */ problem) => problem !== undefined) ??
    (settings.database === undefined ? undefined : broken(settings.database, databaseRules, "database."))
  );
}

/**
 * @param {any} settings
 * @param {readonly Rule[]} rulesOf
 * @param {string} [prefix]
 * @returns {string | undefined}
 */
function broken(settings, rulesOf, prefix = "") {
  for (const [path, allowed, isAllowed] of rulesOf) {
    const value = path.split(".").reduce((part, name) => part?.[name], settings);
    if (!isAllowed(value)) return `${prefix}${path} is ${JSON.stringify(value)}: allowed is ${allowed}`;
  }
  return undefined;
}
