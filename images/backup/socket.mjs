// @ts-check

import { chmod, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import { reasonOf } from "./errors.mjs";
import { paths } from "./paths.mjs";

/** Characters of a request. */
const longestRequest = 1024 * 1024;

/** @typedef {(line: string) => void} Log */
/**
 * Does what a command asks for. Lines that it logs go to who asked.
 * @typedef {(input: any, log: Log) => Promise<unknown>} Handler
 */

/**
 * Serves the commands on a Unix socket: a line of JSON asks, `{"command": "list", "input": {}}`, and each line of the
 * answer is a `Message`. Work goes on when who asked is gone.
 * @param {Readonly<Record<string, Handler>>} handlers
 * @param {string} [path]
 * @returns {Promise<import("node:net").Server>}
 */
export async function serve(handlers, path = paths.socket) {
  // Left by a service that was killed.
  await rm(path, { force: true });
  const server = createServer((connection) => void answer(connection, handlers));
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => resolve(undefined));
  });
  await chmod(path, 0o600);
  return server;
}

/**
 * Asks the service, and returns its result.
 * @param {string} command
 * @param {unknown} input
 * @param {Log} log
 * @param {string} [path]
 * @returns {Promise<unknown>}
 */
export async function ask(command, input, log, path = paths.socket) {
  const connection = connect(path);
  try {
    await new Promise((resolve, reject) => {
      connection.once("connect", resolve);
      connection.once("error", reject);
    });
  } catch (error) {
    throw new Error(`The service can't be asked: ${reasonOf(error)}. See the log of its container.`);
  }
  connection.write(`${JSON.stringify({ command, input })}\n`);
  try {
    for await (const line of createInterface({ input: connection })) {
      /** @type {import("./contract").Message<unknown>} */
      const message = JSON.parse(line);
      if ("result" in message) return message.result;
      if ("error" in message) throw new Error(message.error);
      log(message.log);
    }
  } finally {
    connection.destroy();
  }
  throw new Error("The service ended before it answered. See the log of its container.");
}

/**
 * @param {import("node:net").Socket} connection
 * @param {Readonly<Record<string, Handler>>} handlers
 */
async function answer(connection, handlers) {
  // Who asked may go at any time.
  connection.on("error", () => undefined);
  const say = (/** @type {import("./contract").Message<unknown>} */ message) => {
    if (connection.writable) connection.write(`${JSON.stringify(message)}\n`);
  };
  try {
    const { command, input } = request(await firstLine(connection));
    const handler = Object.hasOwn(handlers, command) ? handlers[command] : undefined;
    if (handler === undefined)
      throw new Error(`There is no command "${command}": allowed is ${Object.keys(handlers).join(", ")}.`);
    const result = await handler(input, (log) => say({ log }));
    say({ result: result ?? {} });
  } catch (error) {
    say({ error: reasonOf(error) });
  }
  connection.end();
}

/**
 * @param {string} line
 * @returns {{ command: string, input: unknown }}
 */
function request(line) {
  const { command, input = {} } = JSON.parse(line);
  if (typeof command !== "string") throw new Error(`A request is {"command": "…", "input": {…}}.`);
  return { command, input };
}

/**
 * @param {import("node:net").Socket} connection
 * @returns {Promise<string>}
 */
function firstLine(connection) {
  return new Promise((resolve, reject) => {
    let text = "";
    connection.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end >= 0) resolve(text.slice(0, end));
      else if (text.length > longestRequest)
        reject(new Error(`A request has ${longestRequest} characters at most.`));
    });
    connection.once("close", () => reject(new Error("The request has no end.")));
  });
}
