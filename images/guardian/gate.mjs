// @ts-check
import { createServer } from "node:http";
import { pipeline } from "node:stream/promises";
import { EngineError, jsonLines } from "./engine.mjs";
import { BadRequest, filtersOf, kept } from "./query.mjs";
import { isOurs, labelFilter } from "./settings.mjs";
import { shownEvent, shownInspection, shownListing } from "./shown.mjs";

/** @typedef {import("node:http").IncomingMessage} Request */
/** @typedef {import("node:http").ServerResponse} Response */

/** Every client puts its version in front, and each engine takes some; the engine's own fits always. */
const version = /^\/v1\.\d{1,3}(?=\/)/;
/** No encoding, no dots alone: what reaches the engine is what was matched here. */
const ofContainer = /^\/containers\/([A-Za-z0-9][A-Za-z0-9_.-]{0,254})\/(json|stats)$/;

const refusal =
  "The gate to the engine lets through GET of /_ping, /version, /events, /containers/json, /containers/{id}/json and /containers/{id}/stats.";

/** Headers by which clients know the engine. */
const engineHeaders = ["api-version", "ostype", "server", "docker-experimental", "builder-version"];

/** The way to the engine for others: it reads, of one stack, without secrets. */
export class Gate {
  /**
   * @param {import("./engine.mjs").Engine} engine
   * @param {import("./settings.mjs").Settings} settings
   */
  constructor(engine, settings) {
    this.engine = engine;
    this.settings = settings;
  }

  /** A server that isn't listening yet. */
  server() {
    const server = createServer({ headersTimeout: 10_000, requestTimeout: 15_000 }, (request, response) => {
      void this.answer(request, response);
    });
    server.maxConnections = 128;
    return server;
  }

  /**
   * @private
   * @param {Request} request
   * @param {Response} response
   */
  async answer(request, response) {
    // What a client sends along isn't read.
    request.resume();
    const left = new AbortController();
    response.once("close", () => left.abort());
    try {
      if (!(await this.route(request, response, left.signal))) this.say(response, 403, refusal);
    } catch (error) {
      if (left.signal.aborted) return;
      // Half an answer can't be taken back, but it can be told from a whole one.
      if (response.headersSent) response.destroy();
      else if (error instanceof BadRequest) this.say(response, 400, error.message);
      else if (error instanceof EngineError && error.status !== undefined)
        this.say(response, error.status, error.message);
      else
        this.say(
          response,
          502,
          `The engine can't be reached: ${error instanceof Error ? error.message : error}.`,
        );
    }
  }

  /**
   * @private
   * @param {Request} request
   * @param {Response} response
   * @param {AbortSignal} signal
   * @returns {Promise<boolean>} false when the request isn't one of those that are let through
   */
  async route({ method, url = "" }, response, signal) {
    if (method !== "GET" && method !== "HEAD") return false;
    const [path = "", query = ""] = url.replace(version, "").split(/\?(.*)/s);
    const parameters = new URLSearchParams(query);
    if (path === "/_ping") await this.ping(method, response, signal);
    else if (path === "/version") send(response, await this.engine.json("/version", { signal }));
    else if (path === "/events") await this.events(method, parameters, response, signal);
    else if (path === "/containers/json") await this.list(parameters, response, signal);
    else {
      const [, name, what] = ofContainer.exec(path) ?? [];
      if (name === undefined) return false;
      const full = await this.engine.json(`/containers/${name}/json`, { signal });
      if (!isOurs(this.settings, full.Config?.Labels))
        throw new EngineError(`No such container: ${name}`, 404);
      if (what === "json") send(response, shownInspection(full));
      else await this.stats(method, full.Id, parameters, response, signal);
    }
    return true;
  }

  /**
   * @private
   * @param {string} method
   * @param {Response} response
   * @param {AbortSignal} signal
   */
  async ping(method, response, signal) {
    const answer = await this.engine.open("/_ping", { method, signal });
    for (const name of engineHeaders) {
      const value = answer.headers[name];
      if (value !== undefined) response.setHeader(name, value);
    }
    response.writeHead(answer.statusCode ?? 502, { "content-type": "text/plain; charset=utf-8" });
    await pipeline(answer, response, { signal });
  }

  /**
   * @private
   * @param {URLSearchParams} parameters
   * @param {Response} response
   * @param {AbortSignal} signal
   */
  async list(parameters, response, signal) {
    const query = this.narrowed(parameters, ["all", "limit"], {});
    /** @type {import("./shown.mjs").Fields[]} */
    const all = await this.engine.json(`/containers/json?${query}`, { signal });
    send(response, all.filter(({ Labels }) => isOurs(this.settings, Labels)).map(shownListing));
  }

  /**
   * @private
   * @param {string} method
   * @param {URLSearchParams} parameters
   * @param {Response} response
   * @param {AbortSignal} signal
   */
  async events(method, parameters, response, signal) {
    const { settings } = this;
    const query = this.narrowed(parameters, ["since", "until"], { type: ["container"] });
    if (method === "HEAD") return headOnly(response);
    const answer = await this.opened(`/events?${query}`, 0, signal);
    startStream(response);
    async function* lines() {
      for await (const full of jsonLines(answer)) {
        const shown = isOurs(settings, full.Actor?.Attributes) ? shownEvent(full) : undefined;
        if (shown !== undefined) yield `${JSON.stringify(shown)}\n`;
      }
    }
    await pipeline(lines, response, { signal });
  }

  /**
   * Figures only, so they go on as they come.
   * @private
   * @param {string} method
   * @param {string} id
   * @param {URLSearchParams} parameters
   * @param {Response} response
   * @param {AbortSignal} signal
   */
  async stats(method, id, parameters, response, signal) {
    if (method === "HEAD") return headOnly(response);
    const answer = await this.opened(
      `/containers/${id}/stats?${kept(parameters, ["stream", "one-shot"])}`,
      30_000,
      signal,
    );
    const ostype = answer.headers.ostype;
    // The client reads from it which kind of statistics these are.
    if (ostype !== undefined) response.setHeader("ostype", ostype);
    startStream(response);
    await pipeline(answer, response, { signal });
  }

  /**
   * @private
   * @param {string} path
   * @param {number} idle
   * @param {AbortSignal} signal
   */
  async opened(path, idle, signal) {
    const answer = await this.engine.open(path, { idle, signal });
    if (answer.statusCode === 200) return answer;
    answer.resume();
    throw new EngineError(`The engine refused with status ${answer.statusCode}.`, answer.statusCode ?? 502);
  }

  /**
   * A client's query with its filters, but of our containers only: the engine wants every label to match.
   * @private
   * @param {URLSearchParams} parameters
   * @param {readonly string[]} names
   * @param {Readonly<Record<string, readonly string[]>>} forced
   */
  narrowed(parameters, names, forced) {
    const query = kept(parameters, names);
    const filters = filtersOf(parameters.get("filters"));
    const label = [...(filters.label ?? []), ...labelFilter(this.settings)];
    query.set("filters", JSON.stringify({ ...filters, ...forced, label }));
    return query;
  }

  /**
   * @private
   * @param {Response} response
   * @param {number} status
   * @param {string} message
   */
  say(response, status, message) {
    response.writeHead(status, { "content-type": "application/json", connection: "close" });
    response.end(`${JSON.stringify({ message })}\n`);
  }
}

/**
 * @param {Response} response
 * @param {unknown} value
 */
function send(response, value) {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(`${JSON.stringify(value)}\n`);
}

/** @param {Response} response */
function startStream(response) {
  response.writeHead(200, { "content-type": "application/json" });
  // A client waits for the head before it goes on, and the first line may be long in coming.
  response.flushHeaders();
}

/** @param {Response} response */
function headOnly(response) {
  response.writeHead(200, { "content-type": "application/json" });
  response.end();
}
