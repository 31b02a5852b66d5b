import { request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Engine } from "../../../images/guardian/engine.mjs";
import { Gate } from "../../../images/guardian/gate.mjs";
import { canary, type FakeContainer, FakeEngine, fakeContainer } from "./fakeEngine";

const settings = {
  ...{ system: "shop", stack: "test" },
  ...{ grace: 1, limit: 1, window: 1, uptime: 1, except: [] },
};

let engine: FakeEngine;
let server: Server;
let backend: FakeContainer;
let stranger: FakeContainer;

beforeEach(async () => {
  engine = await FakeEngine.start();
  backend = engine.add(fakeContainer("backend"));
  stranger = engine.add(fakeContainer("stranger"));
  stranger.Config.Labels["slipway.stack"] = "production";
  server = new Gate(new Engine(engine.socketPath), settings).server();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await engine.remove();
});

function port(): number {
  return (server.address() as AddressInfo).port;
}

function open(path: string, method = "GET", body?: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Bytes as they are: no client in between that tidies the path.
    const request = httpRequest({ host: "127.0.0.1", port: port(), path, method, agent: false }, resolve);
    request.once("error", reject).end(body);
  });
}

async function ask(path: string, method?: string, body?: string | undefined) {
  const response = await open(path, method, body);
  response.setEncoding("utf8");
  let text = "";
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, headers: response.headers, text };
}

describe("lets through", () => {
  test.each(["/_ping", "/v1.44/_ping"])("%s with the engine's headers", async (path) => {
    expect(await ask(path)).toMatchObject({ status: 200, text: "OK", headers: { "api-version": "1.41" } });
    expect(await ask(path, "HEAD")).toMatchObject({ status: 200, text: "", headers: { ostype: "linux" } });
    expect(engine.requests).toEqual(["GET /_ping", "HEAD /_ping"]);
  });

  test("/version", async () => {
    expect(JSON.parse((await ask("/v1.50/version")).text)).toEqual({ ApiVersion: "1.41" });
  });

  test.each([
    ["", undefined],
    ["?all=1&filters=%7B%22status%22%3A%5B%22running%22%5D%7D", undefined],
    ["?filters=%7B%22status%22%3A%7B%22running%22%3Atrue%7D%7D", undefined],
    [`?filters=${encodeURIComponent('{"label":["slipway.stack=production"]}')}`, []],
  ])("/containers/json%s with the own stack's containers", async (query, expected) => {
    const { status, text } = await ask(`/v1.24/containers/json${query}`);
    expect(status).toBe(200);
    const listed = JSON.parse(text) as { readonly Id: string }[];
    expect(listed.map(({ Id }) => Id)).toEqual(expected ?? [backend.Id]);
    expect(text).not.toContain(canary);
  });

  test("/containers/{id}/json with what statistics need, and nothing that may be secret", async () => {
    for (const name of [backend.Id, backend.Name.slice(1)]) {
      const { status, text } = await ask(`/v1.44/containers/${name}/json?size=1`);
      expect(status).toBe(200);
      expect(text).not.toContain(canary);
      expect(JSON.parse(text)).toMatchObject({
        ...{ Id: backend.Id, Name: backend.Name, HostConfig: { NanoCpus: 5e8 } },
        State: { Running: true, StartedAt: backend.State.StartedAt, Health: { Status: "healthy", Log: [] } },
        Config: { Env: [], Labels: { "slipway.service": "backend", "slipway.release": "1.0.0" } },
      });
    }
  });

  test("/containers/{id}/stats as it comes", async () => {
    engine.statistics = [{ read: 1 }, { read: 2 }];
    const { status, headers, text } = await ask(`/v1.44/containers/${backend.Id}/stats?stream=false`);
    expect({ status, ostype: headers.ostype, text }).toEqual({
      ...{ status: 200, ostype: "linux", text: '{"read":1}\n{"read":2}\n' },
    });
  });

  test("/events at once and line by line: the own stack's, without command lines", async () => {
    const response = await open("/v1.44/events?since=1&filters=%7B%7D");
    response.setEncoding("utf8");
    let text = "";
    response.on("data", (chunk) => {
      text += chunk;
    });
    await vi.waitFor(() => expect(engine.following).toBe(1));
    engine.emit(backend, `exec_create: sh -c ${canary}`);
    engine.emit(stranger, "start");
    const event = engine.event(backend, "start", { execID: canary });
    engine.write(event.slice(0, 40));
    await sleep(50);
    engine.write(event.slice(40) + engine.event(backend, "health_status: unhealthy"));
    await vi.waitFor(() => expect(text.split("\n")).toHaveLength(3));
    const lines = text.trim().split("\n");
    const events = lines.map((line) => JSON.parse(line) as { Action: string; id: string });
    expect(events.map(({ Action, id }) => [Action, id])).toEqual([
      ["start", backend.Id],
      ["health_status: unhealthy", backend.Id],
    ]);
    expect(text).not.toContain(canary);
    // Who leaves takes the engine's side with him.
    response.destroy();
    await vi.waitFor(() => expect(engine.following).toBe(0));
  });

  test("HEAD of what streams, without an end to wait for", async () => {
    for (const path of ["/events", `/containers/${backend.Id}/stats`]) {
      expect(await ask(path, "HEAD")).toMatchObject({ status: 200, text: "" });
    }
    expect(engine.following).toBe(0);
  });
});

describe("refuses", () => {
  test.each([
    ["POST", "/containers/create"],
    ["POST", "/v1.41/containers/create?name=x"],
    ["POST", "/containers/ID/restart"],
    ["POST", "/containers/ID/start"],
    ["POST", "/containers/ID/stop"],
    ["POST", "/containers/ID/kill"],
    ["POST", "/containers/ID/exec"],
    ["POST", "/containers/ID/attach"],
    ["POST", "/containers/ID/json"],
    ["POST", "/exec/ID/start"],
    ["POST", "/build"],
    ["PUT", "/containers/ID/archive?path=/"],
    ["DELETE", "/containers/ID"],
    ["GET", "/containers/ID/archive?path=/"],
    ["GET", "/containers/ID/attach/ws"],
    ["GET", "/containers/ID/logs?stdout=1"],
    ["GET", "/containers/ID/export"],
    ["GET", "/containers/ID/top"],
    ["GET", "/images/json"],
    ["GET", "/secrets"],
    ["GET", "/info"],
    ["GET", "/"],
    ["GET", "/v1.41/v1.41/containers/json"],
    ["GET", "/containers/%2e%2e/json"],
    ["GET", "/containers/..%2fimages/json"],
    ["GET", "/containers/../images/json"],
    ["GET", "/containers//json"],
    ["GET", "//containers/json"],
    ["GET", "http://engine/images/json"],
    ["OPTIONS", "*"],
  ])("%s %s, and asks the engine nothing", async (method, path) => {
    const { status, text } = await ask(
      path.replace("ID", backend.Id),
      method,
      method.startsWith("P") ? "{}" : undefined,
    );
    expect(status).toBe(403);
    expect(JSON.parse(text).message).toMatch(/^The gate to the engine lets through GET of/);
    expect(engine.requests).toEqual([]);
  });

  test("an upgrade, which would make a raw connection of the request", async () => {
    const socket = connect(port(), "127.0.0.1");
    const head = ["POST /exec/x/start HTTP/1.1", "Host: x", "Connection: Upgrade", "Upgrade: tcp"];
    socket.write(`${head.join("\r\n")}\r\nContent-Length: 2\r\n\r\n{}`);
    let text = "";
    for await (const chunk of socket) text += chunk;
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
    expect(engine.requests).toEqual([]);
  });

  test.each(["json", "stats"])(
    "/containers/{id}/%s of another stack, as if there were none",
    async (what) => {
      const { status, text } = await ask(`/containers/${stranger.Id}/${what}`);
      expect({ status, text }).toEqual({
        status: 404,
        text: `{"message":"No such container: ${stranger.Id}"}\n`,
      });
      expect(engine.requests).not.toContain(`GET /containers/${stranger.Id}/stats`);
    },
  );

  test.each(["nonsense", "[", "null", "7", '{"label":"x"}'])("filters that are %s", async (filters) => {
    const { status, text } = await ask(`/containers/json?filters=${encodeURIComponent(filters)}`);
    expect(status).toBe(400);
    expect(JSON.parse(text).message).toMatch(
      /^(filters is no object in JSON|The filter label is no list)\.$/,
    );
  });
});

test("says what the engine says against a request", async () => {
  const { status, text } = await ask("/containers/nobody/json");
  expect({ status, text }).toEqual({ status: 404, text: '{"message":"No such container: nobody"}\n' });
});

test("without an engine answers 502, and works again when it is back", async () => {
  await engine.stop();
  const { status, text } = await ask("/containers/json");
  expect(status).toBe(502);
  expect(JSON.parse(text).message).toMatch(/^The engine can't be reached: connect /);
  await engine.listen();
  expect((await ask("/containers/json")).status).toBe(200);
});

test("a reader who is slow holds the engine back instead of filling the memory", async () => {
  // 64 MB.
  engine.statistics = Array.from({ length: 1_000 }, () => "x".repeat(64_000));
  let answer: ServerResponse | undefined;
  server.prependListener("request", (_, response) => {
    answer = response;
  });
  const response = await open(`/containers/${backend.Id}/stats`);
  response.pause();
  await sleep(500);
  expect(answer?.writableLength).toBeGreaterThan(0);
  expect(answer?.writableLength).toBeLessThan(1_000_000);
  let received = 0;
  for await (const chunk of response) received += (chunk as Buffer).length;
  expect(received).toBe(1_000 * 64_003);
});
