// @ts-check
import { request as httpRequest } from "node:http";

/** Idle time after which a request is given up, milliseconds. The engine takes two seconds for statistics. */
const patience = 30_000;
const largestAnswer = 16 * 1024 * 1024;
const longestLine = 1024 * 1024;

/** What went wrong with a request; `status` is there when the engine answered. */
export class EngineError extends Error {
  /**
   * @param {string} message
   * @param {number} [status]
   */
  constructor(message, status) {
    super(message);
    this.name = "EngineError";
    /** @readonly */
    this.status = status;
  }
}

/**
 * @typedef {object} RequestOptions
 * @property {string} [method] GET unless given.
 * @property {number} [idle] Milliseconds without a byte after which it fails; 0 is for ever.
 * @property {AbortSignal} [signal]
 */

/** The API of the engine, on its socket. Without a version in the path the engine speaks its newest. */
export class Engine {
  /** @param {string} socketPath */
  constructor(socketPath) {
    /** @readonly */
    this.socketPath = socketPath;
    /** When the engine last answered, milliseconds since 1970; at the beginning it gets the benefit of the doubt. */
    this.reachedAt = Date.now();
    /** Whether the last request was answered. */
    this.up = false;
  }

  /**
   * Resolves with the head of the answer, whatever its status.
   * @param {string} path
   * @param {RequestOptions} [options]
   * @returns {Promise<import("node:http").IncomingMessage>}
   */
  open(path, { method = "GET", idle = patience, signal } = {}) {
    return new Promise((resolve, reject) => {
      const request = httpRequest({
        socketPath: this.socketPath,
        path,
        method,
        // A connection of its own: one that was kept may be that of an engine that has gone.
        agent: false,
        timeout: idle,
        headers: { host: "engine" },
        ...(signal === undefined ? {} : { signal }),
      });
      request.once("timeout", () =>
        request.destroy(new EngineError(`the engine did not answer within ${idle / 1000} s`)),
      );
      request.on("error", (error) => {
        if (signal?.aborted !== true) this.up = false;
        reject(error);
      });
      request.once("response", (response) => {
        this.up = true;
        this.reachedAt = Date.now();
        resolve(response);
      });
      request.end();
    });
  }

  /**
   * @param {string} path
   * @param {RequestOptions} [options]
   * @returns {Promise<any>} what the JSON says, undefined when the answer is empty
   */
  async json(path, options) {
    const response = await this.open(path, options);
    const body = await bodyOf(response);
    const status = response.statusCode ?? 0;
    if (status >= 300) throw new EngineError(messageOf(body, status), status);
    return body === "" ? undefined : JSON.parse(body);
  }

  /** @param {number} timeout milliseconds */
  async ping(timeout) {
    await bodyOf(await this.open("/_ping", { idle: timeout }));
  }
}

/**
 * The values of a stream of JSON lines, however they are cut into chunks.
 * @param {import("node:http").IncomingMessage} response
 * @returns {AsyncGenerator<any, void>}
 */
export async function* jsonLines(response) {
  response.setEncoding("utf8");
  let rest = "";
  for await (const chunk of response) {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > longestLine) throw new EngineError("the engine sent a line without an end");
    for (const line of lines) if (line.trim() !== "") yield JSON.parse(line);
  }
}

/**
 * @param {import("node:http").IncomingMessage} response
 * @returns {Promise<string>}
 */
async function bodyOf(response) {
  response.setEncoding("utf8");
  let body = "";
  for await (const chunk of response) {
    body += chunk;
    if (body.length > largestAnswer) throw new EngineError("the engine's answer has no end");
  }
  return body;
}

/**
 * @param {string} body
 * @param {number} status
 * @returns {string}
 */
function messageOf(body, status) {
  try {
    return String(JSON.parse(body).message);
  } catch {
    return `the engine answered with status ${status}`;
  }
}
