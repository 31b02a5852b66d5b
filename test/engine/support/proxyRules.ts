import { gunzipSync } from "node:zlib";
import { expect } from "vitest";
import { ask } from "./ask";
import type { ProxyLab } from "./proxyLab";

/** What reached the upstream of the lab. */
export interface Arrival {
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: number;
}

export const text = "The same words again and again. ".repeat(100);

/** Serves a configuration of two routes whose upstreams tell what reached them; for what neither takes there is none. */
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
      response.end(request.url === "/special/short" ? "short" : text);
    });
  });
  const route = (path: string) => ({
    paths: [path],
    upstreams: [upstream],
    healthPath: "/health",
    bodyLimit: 1,
  });
  const routes = [route("/special/*"), route("/other")];
  const ports = { http: port, https: 443 };
  await lab.serve({ tls: { mode: "off" }, ports, sites: [{ host: "lab.localhost", routes }], metrics: true });
  return arrivals;
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
  expect(arrivals.length).toBe(before);
}
