// @ts-check

/** @typedef {import("./contract").RepositorySettings} RepositorySettings */
/** @typedef {import("./process.mjs").CommandError} CommandError */
/** @typedef {import("./process.mjs").Output} Output */

/** What went wrong with a repository. */
export class RepositoryError extends Error {
  /**
   * @param {RepositorySettings} settings
   * @param {string} reason
   * @param {{ exitCode?: number | undefined, damaged?: boolean, output?: Output }} [details]
   */
  constructor({ name, location }, reason, { exitCode, damaged = false, output } = {}) {
    super(`The repository ${name} (${location}): ${reason}`);
    this.name = "RepositoryError";
    /** @readonly */
    this.repository = name;
    /** Of restic. @readonly */
    this.exitCode = exitCode;
    /** Whether a check has found something. @readonly */
    this.damaged = damaged;
    /** Of restic. @readonly */
    this.output = output ?? { stdout: "", stderr: "" };
  }
}

/** Lines of restic's own in a message. */
const linesOfMessage = 20;

/** What restic's exit codes mean, and what to do. @type {Readonly<Record<number, string>>} */
const meanings = {
  3: "some files could not be read",
  10: "there is none",
  11: "somebody else works in it and has locked it; try again later",
  12: "the key does not fit; bring back the key that it was made with, nothing was written",
};

/**
 * @param {RepositorySettings} settings
 * @param {CommandError} error
 * @returns {RepositoryError}
 */
export function repositoryError(settings, error) {
  const { exitCode, problem, stdout, stderr } = error;
  const damaged = messages(stdout).some(
    ({ message_type, num_errors }) => message_type === "summary" && num_errors > 0,
  );
  const meaning =
    (exitCode === undefined ? undefined : meanings[exitCode]) ?? (damaged ? "it is damaged" : problem);
  const details = readable(stderr);
  return new RepositoryError(settings, details === "" ? meaning : `${meaning}: ${details}`, {
    exitCode,
    damaged,
    output: { stdout, stderr },
  });
}

/**
 * What `restic backup --json` tells at the end.
 * @param {string} stdout
 * @returns {{ snapshot: string | undefined, bytes: number, added: number }}
 */
export function summaryOf(stdout) {
  const summary = messages(stdout).findLast(({ message_type }) => message_type === "summary");
  if (summary === undefined) throw new Error("restic has told nothing of the backup");
  return {
    snapshot: summary.snapshot_id,
    bytes: summary.total_bytes_processed,
    added: summary.data_added_packed,
  };
}

/**
 * Whether the errors of a backup are only of files that were deleted before it came to them.
 * @param {string} stderr
 * @returns {boolean}
 */
export function onlyVanished(stderr) {
  const errors = messages(stderr).filter(({ message_type }) => message_type === "error");
  return (
    errors.length > 0 && errors.every(({ error }) => /no such file or directory$/.test(error?.message ?? ""))
  );
}

/**
 * The damaged packs that `restic check --json` has found.
 * @param {string} stdout
 * @returns {string[]}
 */
export function brokenPacksOf(stdout) {
  return messages(stdout).flatMap(({ broken_packs }) => broken_packs ?? []);
}

/**
 * What restic says to people, the end of it.
 * @param {string} text
 * @returns {string}
 */
function readable(text) {
  const lines = text
    .trim()
    .split("\n")
    .map((line) => {
      const message = messageOf(line);
      return message === undefined ? line : (message.message ?? message.error?.message ?? "");
    });
  return [...new Set(lines)].slice(-linesOfMessage).join("\n");
}

/**
 * @param {string} text
 * @returns {any[]}
 */
function messages(text) {
  return text
    .split("\n")
    .map(messageOf)
    .filter((message) => message !== undefined);
}

/** @param {string} line */
function messageOf(line) {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
