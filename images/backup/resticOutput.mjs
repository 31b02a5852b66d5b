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
const linesOfMessage = 8;
/** What restic tells people to do after a check; here the service does it. */
const advice =
  /^The repository (contains|is) damaged|^Damaged pack files|^restic repair|troubleshooting|^Is there a repository|^(\/|s3:)\S+$/;
/** What comes of being stopped while it tries again. */
const noise = /signal terminated received|context canceled$/;
/** Before each further try; what follows is the reason. */
const retry = /^.* returned error, retrying after [^:]+: /;
const harmless = /(no such file or directory|storing the file again)$|tree [0-9a-f]+ is not known/;

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
 * Whether a backup has everything in spite of errors: files that were deleted before it came to them are in no later one
 * either, and what is missing of an earlier snapshot it has read and stored again.
 * @param {string} stderr
 * @returns {boolean}
 */
export function isComplete(stderr) {
  const errors = messages(stderr).filter(({ message_type }) => message_type === "error");
  return errors.length > 0 && errors.every(({ error }) => harmless.test(error?.message ?? ""));
}

/**
 * How the program ended whose output was to be stored, undefined when it isn't that which failed.
 * @param {string} stderr
 * @returns {string | undefined}
 */
export function commandProblem(stderr) {
  const end = messages(stderr).find(({ message_type }) => message_type === "exit_error");
  return /command failed: (.*)$/.exec(end?.message ?? "")?.[1];
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
 * What restic says to people: the beginning, with what was found, and the end, with what it came to.
 * @param {string} text
 * @returns {string}
 */
function readable(text) {
  const lines = text.split("\n").map((line) => {
    const message = messageOf(line);
    return (message === undefined ? line : (message.message ?? message.error?.message ?? ""))
      .trim()
      .replace(retry, "");
  });
  const all = [...new Set(lines)].filter((line) => line !== "" && !advice.test(line) && !noise.test(line));
  if (all.length <= linesOfMessage) return all.join("\n");
  return [...all.slice(0, linesOfMessage / 2), "…", ...all.slice(-linesOfMessage / 2)].join("\n");
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
