// @ts-check
import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, rm } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";

/** @typedef {Readonly<Record<string, string>>} Environment */
/** @typedef {readonly [program: string, args: readonly string[], env?: Environment | undefined]} Command */

/**
 * @typedef {object} Limits
 * @property {string} [cwd]
 * @property {number} [timeout] Milliseconds after which the program and all that it started are ended. None unless given.
 * @property {AbortSignal} [signal] Ends them too.
 */

/**
 * @typedef {object} Details
 * @property {Environment} [env] Added to the environment of this process. Secrets belong here, never in the arguments.
 * @property {string} [input] For standard input, which is empty otherwise.
 */

/** @typedef {Limits & Details} Options */

/** @typedef {{ readonly stdout: string, readonly stderr: string }} Output */

/** Lines of standard error in a message, the last ones. */
const linesOfMessage = 20;
/** What is kept of standard error, its end. */
const mostOfStderr = 64 * 1024;
/** Milliseconds that a program has to end by itself. */
const grace = 10_000;
const secretName = /PASSWORD$|SECRET|TOKEN|ACCESS_KEY/;

/** A program that failed. */
export class CommandError extends Error {
  /**
   * @param {string} program
   * @param {number | undefined} exitCode Undefined when a signal ended it or it could not be started.
   * @param {string} problem
   * @param {Partial<Output>} output The end of it, without secrets.
   */
  constructor(program, exitCode, problem, { stdout = "", stderr = "" }) {
    const said = stderr.trim().split("\n").slice(-linesOfMessage).join("\n");
    super(`${basename(program)}: ${problem}${said === "" ? "" : `: ${said}`}`);
    this.name = "CommandError";
    /** @readonly */
    this.program = program;
    /** @readonly */
    this.exitCode = exitCode;
    /** @readonly */
    this.problem = problem;
    /** @readonly */
    this.stdout = stdout;
    /** @readonly */
    this.stderr = stderr;
  }
}

/**
 * Runs a program, and returns when it has succeeded.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Options} [options]
 * @returns {Promise<Output>}
 */
export async function run(program, args, options = {}) {
  const started = start([program, args, options.env], "pipe", options);
  const stdout = textOf(started.stdout);
  started.stdin.end(options.input ?? "");
  const failure = await started.closed;
  const output = { stdout: await stdout, stderr: started.stderr() };
  if (failure !== undefined) throw started.error(failure, output.stdout);
  return output;
}

/**
 * Runs two programs, the output of the first as input of the second, and returns when both have succeeded. The error is
 * of the one that failed first, as it makes the other fail.
 * @param {Command} producer
 * @param {Command} consumer
 * @param {Limits & { mayStopReading?: boolean }} [options] With `mayStopReading` the consumer may succeed before it has
 *   read everything; how the producer ends doesn't matter then.
 * @returns {Promise<Output>} of the consumer
 */
export async function pipe(producer, consumer, { mayStopReading = false, ...limits } = {}) {
  const from = start(producer, "pipe", limits);
  const to = start(consumer, "pipe", limits);
  from.stdin.end();
  const stdout = textOf(to.stdout);
  let stoppedReading = false;
  // What breaks it is the end of a program, and that one tells why.
  const flow = pipeline(from.stdout, to.stdin).catch(() => {
    stoppedReading = true;
  });
  let cutShort = false;
  void to.exited.then(() => {
    // Else the first has ended by itself: when it failed, that is why the second has.
    cutShort = !from.stdout.readableEnded;
    // One that has nothing to write wouldn't notice that nobody reads any more.
    from.stdout.destroy();
  });
  const [failureOfFrom, failureOfTo] = await Promise.all([from.closed, to.closed, flow]);
  const output = { stdout: await stdout, stderr: to.stderr() };
  if (failureOfTo !== undefined && (cutShort || failureOfFrom === undefined))
    throw to.error(failureOfTo, output.stdout);
  if (failureOfFrom !== undefined && !(mayStopReading && stoppedReading && failureOfTo === undefined))
    throw from.error(failureOfFrom, "");
  return output;
}

/**
 * Runs a program whose output becomes a file. There is no file when it fails.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {string} file
 * @param {Options} [options]
 * @returns {Promise<void>}
 */
export async function runToFile(program, args, file, options = {}) {
  const handle = await open(file, "w");
  try {
    const started = start([program, args, options.env], handle.fd, options);
    started.stdin.end(options.input ?? "");
    const failure = await started.closed;
    if (failure !== undefined) throw started.error(failure, "");
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

/** @typedef {ReturnType<typeof start>} Started */
/** @typedef {{ readonly exitCode: number | undefined, readonly problem: string }} Failure */

/**
 * @param {Command} command
 * @param {"pipe" | number} stdout
 * @param {Limits} limits
 */
function start([program, args, env = {}], stdout, { cwd, timeout, signal }) {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ["pipe", stdout, "pipe"],
    // A process group of its own: what a program has started ends with it.
    detached: true,
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk) => {
    stderr = `${stderr}${chunk}`.slice(-mostOfStderr);
  });
  // One that doesn't read its input isn't a failure by that.
  child.stdin?.on("error", () => undefined);
  /** @type {string | undefined} */
  let stopped;
  const stop = (/** @type {string} */ why) => {
    stopped ??= why;
    endGroup(child.pid, "SIGTERM");
    setTimeout(() => endGroup(child.pid, "SIGKILL"), grace).unref();
  };
  const timer =
    timeout === undefined ? undefined : setTimeout(() => stop(`stopped after ${timeout / 1000} s`), timeout);
  const abort = () => stop("stopped");
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  /** @type {Promise<void>} */
  const exited = new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  /** @type {Promise<Failure | undefined>} */
  const closed = new Promise((resolve) => {
    child.once("error", (error) =>
      resolve({ exitCode: undefined, problem: `can't be run: ${error.message}` }),
    );
    child.once("close", (code, signalName) => {
      const exitCode = code ?? undefined;
      const problem = stopped ?? (code === null ? `ended by ${signalName}` : `exit code ${code}`);
      resolve(code === 0 && stopped === undefined ? undefined : { exitCode, problem });
    });
  }).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  });
  return {
    stdin: /** @type {import("node:stream").Writable} */ (child.stdin),
    stdout: /** @type {import("node:stream").Readable} */ (child.stdout),
    exited,
    /** When its output has ended too. */
    closed,
    stderr: () => withoutSecrets(stderr, env),
    error: (/** @type {Failure} */ { exitCode, problem }, /** @type {string} */ said) =>
      new CommandError(program, exitCode, problem, {
        stdout: withoutSecrets(said, env),
        stderr: withoutSecrets(stderr, env),
      }),
  };
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 */
function endGroup(pid, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // All of it has ended.
  }
}

/** @param {import("node:stream").Readable} stream */
async function textOf(stream) {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  if (!stream.closed) await once(stream, "close");
  return text;
}

/**
 * @param {string} text
 * @param {Environment} env
 */
function withoutSecrets(text, env) {
  return Object.entries(env)
    .filter(([name, value]) => secretName.test(name) && value !== "")
    .reduce((shown, [name, value]) => shown.replaceAll(value, `<${name}>`), text);
}
