import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { expect } from "vitest";
import type { ProxyRoute } from "../../../lib/caddyfile";
import { ask, askRaw, webSocketHeaders } from "./ask";
import type { ProxyLab } from "./proxyLab";

/** What reached the upstream of the lab. */
export interface Arrival {
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: number;
}

export const text = "The same words again and again. ".repeat(100);

/** Longer than any route waits. */
const late = 4_000;

/**
 * Serves a configuration of some routes whose upstreams tell what reached them; for what none takes there is nothing
 * there. A second site has headers of its own.
 */
export async function serveRules(lab: ProxyLab, port: number): Promise<Arrival[]> {
  const arrivals: Arrival[] = [];
  const upstream = await lab.upstream((request, response) => {
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on("end", () => {
      if (request.url === "/health") return response.end();
      arrivals.push({ url: request.url, headers: request.headers, bytes });
      response.setHeader("content-type", "text/plain");
      response.setHeader("server", "upstream/1.0");
      if (request.url === "/special/framed") response.setHeader("x-frame-options", "SAMEORIGIN");
      const answer = () => response.end(request.url === "/special/short" ? "short" : text);
      if (request.url === "/slow") setTimeout(answer, late);
      else answer();
    });
  });
  const route = (path: string, more: Partial<ProxyRoute> = {}): ProxyRoute => ({
    paths: [path],
    upstreams: [upstream],
    healthPath: "/health",
    bodyLimit: 1,
    ...more,
  });
  const routes = [
    route("/special/*"),
    route("/other"),
    route("/limited", { rateLimit }),
    route("/limited-too", { rateLimit }),
    route("/guarded", { allowedOrigins: ["http://lab.localhost:18092", "https://shop.example.com"] }),
    route("/slow", { responseTimeout: 1 }),
  ];
  const sites = [
    { host: "lab.localhost", routes },
    { host: "headed.localhost", routes: [route("/*", { rateLimit })], headers: ownHeaders },
  ];
  await lab.serve({ tls: { mode: "off" }, ports: { http: port, https: 443 }, sites, metrics: true });
  return arrivals;
}

const rateLimit = { requests: 5, window: 3 };

/** A value with all that a policy has in it. */
export const ownHeaders = {
  "Content-Security-Policy": "default-src 'self'; img-src * data:; report-uri /csp?a=1#b",
  "x-frame-options": "SAMEORIGIN",
};

export async function expectRateLimit(lab: ProxyLab, origin: string): Promise<void> {
  const get = async (path: string) => (await ask(origin + path)).status;
  const statuses = (path: string, count: number) =>
    Promise.all(Array.from({ length: count }, () => get(path)));
  const first = await statuses("/limited", 8);
  expect(first.filter((status) => status === 200)).toHaveLength(rateLimit.requests);
  expect(first.filter((status) => status === 429)).toHaveLength(8 - rateLimit.requests);
  const { status, headers } = await ask(`${origin}/limited`);
  expect(status).toBe(429);
  expect(Number(headers["retry-after"])).toBeGreaterThan(0);
  expect(Number(headers["retry-after"])).toBeLessThanOrEqual(rateLimit.window);
  // Other routes have limits of their own, and so has each address.
  expect(await get("/other")).toBe(200);
  expect(await get("/limited-too")).toBe(200);
  const { host, port } = new URL(origin);
  expect(await lab.askFromElsewhere(host, Number(port), "/limited")).toBe(text);
  await sleep(rateLimit.window * 1000);
  expect(await get("/limited")).toBe(200);
}

export async function expectAllowedOrigins(origin: string): Promise<void> {
  const get = async (from: string | undefined, method: "GET" | "OPTIONS" = "GET") =>
    (await ask(`${origin}/guarded`, { method, headers: from === undefined ? {} : { origin: from } })).status;
  const allowed = [origin, "https://shop.example.com", undefined];
  const foreign = [
    "https://evil.example",
    "http://shop.example.com",
    "https://shop.example.com.evil.example",
    "null",
  ];
  expect(await Promise.all(allowed.map((from) => get(from)))).toEqual([200, 200, 200]);
  expect(await Promise.all(foreign.map((from) => get(from)))).toEqual([403, 403, 403, 403]);
  expect(await get("https://evil.example", "OPTIONS")).toBe(403);
  expect(await get("https://shop.example.com", "OPTIONS")).toBe(200);
  const webSocket = await askRaw(origin, "/guarded", { headers: webSocketHeaders("https://evil.example") });
  expect(webSocket.status).toBe(403);
}

export async function expectResponseTimeout(origin: string): Promise<void> {
  const began = Date.now();
  expect((await ask(`${origin}/slow`)).status).toBe(504);
  expect(Date.now() - began).toBeLessThan(late);
}

/** On all answers, also those that Caddy gives itself. */
export async function expectOwnHeaders(port: number): Promise<void> {
  const url = `http://headed.localhost:${port}/any`;
  const expected = { "x-frame-options": "SAMEORIGIN", "x-content-type-options": "nosniff" };
  const policy = { "content-security-policy": ownHeaders["Content-Security-Policy"] };
  const answers = [await ask(url), await ask(url, { method: "POST", body: Buffer.alloc(1_000_001) })];
  for (let count = 0; count < rateLimit.requests; count++) answers.push(await ask(url));
  expect([...new Set(answers.map(({ status }) => status))]).toEqual([200, 413, 429]);
  for (const { status, headers } of answers) {
    expect({ status, ...headers }).toMatchObject({ status, ...expected, ...policy });
    expect(headers).not.toHaveProperty("server");
  }
  expect(Number(answers.at(-1)?.headers["retry-after"])).toBeGreaterThan(0);
}

export async function expectEncodings(origin: string): Promise<void> {
  const get = (path: string, encoding: string) =>
    ask(origin + path, { headers: { "accept-encoding": encoding } });
  const gzip = await get("/other", "gzip");
  expect(gzip.headers["content-encoding"]).toBe("gzip");
  expect(gunzipSync(gzip.body).toString()).toBe(text);
  const zstd = await get("/other", "gzip, zstd");
  expect(zstd.headers["content-encoding"]).toBe("zstd");
  expect(zstd.body.subarray(0, 4)).toEqual(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]));
  expect(zstd.body.length).toBeLessThan(text.length / 10);
  expect((await get("/other", "identity")).body.toString()).toBe(text);
  // Not worth it.
  expect((await get("/special/short", "gzip, zstd")).headers).not.toHaveProperty("content-encoding");
}

export async function expectBodyLimit(origin: string, arrivals: readonly Arrival[]): Promise<void> {
  const post = (size: number) => ask(`${origin}/other`, { method: "POST", body: Buffer.alloc(size) });
  const megabyte = 1_000_000;
  expect((await post(megabyte)).status).toBe(200);
  expect(arrivals.at(-1)?.bytes).toBe(megabyte);
  const before = arrivals.length;
  expect((await post(megabyte + 1)).status).toBe(413);
  const unknownLength = Readable.from([Buffer.alloc(megabyte), Buffer.alloc(1)]);
  expect((await ask(`${origin}/other`, { method: "POST", body: unknownLength })).status).toBe(413);
  expect(arrivals.length).toBe(before);
}
