import { execFileSync } from "node:child_process";
import { connect } from "node:http2";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refusalExpression } from "../../lib/host/machine/refusals";
import { docker } from "./harness/engine";
import { buildReleases } from "./harness/images";
import { TestStack } from "./harness/stack";
import { ask, askRaw, webSocketHeaders } from "./support/ask";
import { proxyConfigurations } from "./support/proxyConfigurations";
import { ProxyLab, stockImage } from "./support/proxyLab";
import {
  type Arrival,
  expectAllowedOrigins,
  expectBodyLimit,
  expectEncodings,
  expectOwnHeaders,
  expectRateLimit,
  expectResponseTimeout,
  serveRules,
} from "./support/proxyRules";
import { expectStartupChecks } from "./support/startupChecks";

const ports = { http: 18088, https: 18451 };
const plain = `http://clubhouse.localhost:${ports.http}`;

describe("the proxy by itself", () => {
  const origin = "http://lab.localhost:18092";
  let lab: ProxyLab;
  let arrivals: readonly Arrival[];

  beforeAll(async () => {
    lab = await ProxyLab.open(18092);
    arrivals = await serveRules(lab, 18092);
  });

  afterAll(async () => {
    await lab?.close();
  });

  test("takes every configuration that can be generated", async () => {
    expect(await lab.refused(fc.sample(proxyConfigurations, 100))).toEqual([]);
    const upstream = { slot: "a", container: "a", network: "b", port: 1 };
    const route = { upstreams: [upstream], healthPath: "/", bodyLimit: 1 };
    const twice = { host: "twice.example.com", routes: [route] };
    const ambiguous = await lab.refused([
      { tls: { mode: "off" }, ports, sites: [twice, twice], metrics: false },
    ]);
    expect(ambiguous[0]).toContain("ambiguous site definition");
  });

  test("answers 413 to a request that is larger than its route allows", () =>
    expectBodyLimit(origin, arrivals));

  test("answers 429 to an address that asks more often than its route allows, and serves the others", () =>
    expectRateLimit(lab, origin));

  test("answers 403 to what says that it is from elsewhere than its route allows", () =>
    expectAllowedOrigins(origin));

  test("answers 504 when nothing comes in the time that a route has", () => expectResponseTimeout(origin));

  test("sets the headers of the system instead of its own, also on what it answers itself", () =>
    expectOwnHeaders(18092));

  test("asks new containers what they must answer before they serve", () => expectStartupChecks(lab));

  test("has no rate limits in Caddy's own image", async () => {
    const modules = await docker("run", "--rm", "--entrypoint", "caddy", await stockImage(), "list-modules");
    expect(modules).toContain("http.handlers.reverse_proxy");
    expect(modules).not.toContain("rate_limit");
  });

  test("compresses what is worth it, as the client asks", () => expectEncodings(origin));

  test("sets the security headers, leaves those that the service sets, and tells nobody what serves", async () => {
    const { headers } = await ask(`${origin}/other`);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "strict-origin-when-cross-origin",
      "permissions-policy": "camera=(), geolocation=(), microphone=()",
    });
    expect(headers).not.toHaveProperty("server");
    expect((await ask(`${origin}/special/framed`)).headers["x-frame-options"]).toBe("SAMEORIGIN");
  });

  test("tells the service who asks for what, and believes nobody who says so himself", async () => {
    const forged = {
      "x-forwarded-for": "192.0.2.1",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "evil.example",
    };
    await ask(`${origin}/other?page=2`, { headers: forged });
    expect(arrivals.at(-1)).toMatchObject({
      url: "/other?page=2",
      headers: { "x-forwarded-proto": "http", "x-forwarded-host": "lab.localhost:18092" },
    });
    expect(arrivals.at(-1)?.headers["x-forwarded-for"]).not.toContain("192.0.2.1");
  });

  test("answers 404 where no route leads, and serves no other host", async () => {
    const before = arrivals.length;
    expect((await ask(`${origin}/another`)).status).toBe(404);
    expect((await ask("http://other.localhost:18092/other")).body.toString()).toBe("");
    expect(arrivals.length).toBe(before);
  });
});

describe("a stack with certificates of its own", () => {
  let stack: TestStack;
  let ca: string;

  beforeAll(async () => {
    await buildReleases(["1.0.0"]);
    stack = await TestStack.create("proxy", { ports, settings: { bootstrapAdmin: { username: "admin" } } });
    await stack.up();
    const { Id } = await stack.container("proxy");
    ca = await docker("exec", Id, "cat", "/data/caddy/pki/authorities/local/root.crt");
  });

  afterAll(async () => {
    await stack?.destroyAll();
  });

  test("serves the page and the API with the security headers", async () => {
    for (const path of ["/", "/api/notes"]) {
      const { status, headers } = await ask(stack.origin + path, { ca });
      expect(status).toBe(200);
      expect(headers["strict-transport-security"]).toBe("max-age=31536000; includeSubDomains");
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["x-frame-options"]).toBe("DENY");
      expect(headers).not.toHaveProperty("server");
    }
  });

  test("sends plain HTTP to the same address on the port of HTTPS", async () => {
    const { status, headers } = await ask(`${plain}/some/path?page=2`);
    expect(status).toBe(308);
    expect(headers.location).toBe(`${stack.origin}/some/path?page=2`);
  });

  test("speaks HTTP/2", async () => {
    const options = { host: "127.0.0.1", port: ports.https, servername: "clubhouse.localhost", ca };
    const session = connect(stack.origin, {
      createConnection: () => connectTls({ ...options, ALPNProtocols: ["h2", "http/1.1"] }),
    });
    const status = await new Promise((resolve, reject) => {
      session.once("error", reject);
      session.request({ ":path": "/health" }).once("response", (headers) => resolve(headers[":status"]));
    });
    expect(session.alpnProtocol).toBe("h2");
    expect(status).toBe(200);
    session.close();
  });

  test("has no certificate for another host, and nothing for it on a connection of this one", async () => {
    await expect(ask(`https://other.localhost:${ports.https}/`, { ca })).rejects.toThrow(/alert/);
    const { body } = await askRaw(stack.origin, "/", { ca, headers: { host: "other.localhost" } });
    expect(body).toBe("");
  });

  test("keeps the metrics inside", async () => {
    const inside = [
      "wget",
      "-q",
      "-O",
      "-",
      `http://${(await stack.container("backend")).Name.slice(1)}:8080/metrics`,
    ];
    expect(await docker("exec", (await stack.container("proxy")).Id, ...inside)).toContain("# HELP");
    for (const path of [
      "/metrics",
      "/api/metrics",
      "//metrics",
      "/api/../metrics",
      "/api/%2e%2e/metrics",
      "/api//metrics",
    ]) {
      expect([path, (await askRaw(stack.origin, path, { ca })).body]).not.toEqual([
        path,
        expect.stringContaining("# HELP"),
      ]);
    }
  });

  test("opens WebSockets to its own pages only", async () => {
    const open = (origin: string) =>
      askRaw(stack.origin, "/api/ws", { ca, headers: webSocketHeaders(origin) });
    expect(await open(stack.origin)).toMatchObject({ status: 101 });
    expect(await open("https://evil.example")).toMatchObject({ status: 403 });
    expect(await open(plain)).toMatchObject({ status: 403 });
  });

  test("logs whom it refuses such that the machine can ban who is refused too often", async () => {
    const { status } = await askRaw(stack.origin, "/api/ws", {
      ca,
      headers: { ...webSocketHeaders("https://evil.example"), "x-forged": '","status":401,"resp_headers":{' },
    });
    expect(status).toBe(403);
    const log = await stack.logs("proxy");
    const lines = execFileSync("sed", ["-nE", refusalExpression], { input: log, encoding: "utf8" });
    const refused = lines.trim().split("\n");
    expect(refused.at(-1)).toMatch(/^refused 403 to [0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/);
    // Each of them, and nothing else.
    const all = log.split("\n").filter((line) => /"status":(401|403|429),"resp_headers"/.test(line));
    expect(refused).toHaveLength(all.length);
  });

  test("can't be configured from the network of the services", async () => {
    const backend = (await stack.container("backend")).Id;
    const proxy = (await stack.container("proxy")).NetworkSettings.Networks["clubhouse-proxy-edge"]
      ?.IPAddress;
    const reach = (port: number) => {
      const events =
        '.on("connect", () => process.exit(console.log("open"))).on("error", () => console.log("closed"))';
      return docker("exec", backend, "node", "-e", `net.connect(${port}, "${proxy}")${events}`);
    };
    expect(await reach(ports.https)).toBe("open");
    expect(await reach(2019)).toBe("closed");
    expect(await reach(2020)).toBe("closed");
  });

  test("logs each request as JSON, without cookies, credentials and bodies", async () => {
    const { login } = (await stack.outputs()) as { login: { username: string; password: string } };
    const headers = {
      cookie: "session=canary-cookie",
      authorization: "Bearer canary-authorization",
      "proxy-authorization": "Basic canary-proxy",
      "content-type": "application/json",
    };
    const body = JSON.stringify(login);
    const answer = await ask(`${stack.origin}/api/login?who=me`, { ca, method: "POST", headers, body });
    const session = /=([^;]{16,})/.exec(String(answer.headers["set-cookie"]))?.[1];
    const log = await stack.logs("proxy");
    const lines = log
      .split("\n")
      .map((line) => JSON.parse(line) as { logger?: string; request?: { uri: string } });
    expect(lines.filter(({ request }) => request?.uri === "/api/login?who=me")).toEqual([
      expect.objectContaining({ logger: expect.stringContaining("log.access"), status: 200 }),
    ]);
    expect(log).not.toContain("canary");
    expect(log).not.toContain(login.password);
    expect(session).toBeDefined();
    expect(log).not.toContain(session);
  });

  test("without TLS it serves plain HTTP alone, and tells no browser to use HTTPS", async () => {
    await stack.set({ tls: { mode: "off" } });
    await stack.up();
    const { status, headers } = await ask(`${plain}/`);
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty("strict-transport-security");
    expect(headers).not.toHaveProperty("alt-svc");
    const open = (origin: string) => askRaw(plain, "/api/ws", { headers: webSocketHeaders(origin) });
    expect(await open(plain)).toMatchObject({ status: 101 });
    expect(await open(stack.origin)).toMatchObject({ status: 403 });
    await expect(
      new Promise((resolve, reject) => {
        connectTcp(ports.https, "127.0.0.1").once("connect", resolve).once("error", reject);
      }),
    ).rejects.toThrow("ECONNREFUSED");
  });
});
