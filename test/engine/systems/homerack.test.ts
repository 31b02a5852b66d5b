import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { proxyBuilderStandIn } from "../../../setup/images/testStandIns";
import { homerackImages } from "../../images/homerack/images";
import type { Client } from "../harness/client";
import { docker } from "../harness/engine";
import { standInsOf } from "../harness/images";
import { TestStack } from "../harness/stack";
import { buildSystemImages, systemPins } from "../harness/systemImages";
import { ask } from "../support/ask";
import { inspectAll } from "../support/inspection";
import { operate } from "../support/storedBackups";
import { systemChecks } from "../support/systemChecks";
import { volumeEntries } from "../support/volumes";

const first = "1.0.0";
/** Has a migration of its own. */
const second = "1.1.0";

const host = "lampadas.local";
const ports = { http: 18520, https: 18920 };
const megabyte = 1024 ** 2;

let stack: TestStack;
let client: Client;

beforeAll(async () => {
  await Promise.all([standInsOf([proxyBuilderStandIn]), buildSystemImages(homerackImages, [first, second])]);
  stack = await TestStack.create("homerack", {
    ports,
    app: "homerack",
    settings: {
      domains: { app: host },
      tls: { mode: "off" },
      images: systemPins(homerackImages, first),
      backups: { enabled: true },
    },
  });
  await stack.up();
  client = await stack.client();
});

afterAll(() => stack?.destroyAll());

systemChecks(() => stack, {
  frontend: ["capabilities: all dropped, those that the work needs added"],
});

describe("in the LAN", () => {
  test("page, API and its documents are on the host name and port over plain HTTP, and nothing leads to HTTPS", async () => {
    for (const [path, content] of [
      ["/", 'id="root"'],
      ["/racks/7", 'id="root"'],
      ["/api/racks", "[]"],
      ["/docs", "HomeRack API"],
      ["/openapi.json", "HomeRack API"],
    ] as const) {
      const { status, headers, body } = await ask(`http://${host}:${ports.http}${path}`);
      expect([path, status, body.toString()]).toEqual([path, 200, expect.stringContaining(content)]);
      expect(headers).not.toHaveProperty("strict-transport-security");
      expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "x-frame-options": "DENY" });
    }
    expect(await accepts(ports.https)).toBe(false);
    expect(await stack.outputs()).toMatchObject({ urls: { app: `http://${host}:${ports.http}` } });
    expect(JSON.parse((await client.get("/api/settings")).body)).toMatchObject({
      origins: [`http://${host}:${ports.http}`],
    });
  });

  test("it tells whether it lives, is ready, has started, and how all of it does", async () => {
    const told = async (path: string) => {
      const { status, body } = await client.get(path);
      return [status, JSON.parse(body)];
    };
    expect(await told("/api/health")).toEqual([200, { status: "healthy", version: first }]);
    expect(await told("/api/health/live")).toEqual([200, { status: "alive" }]);
    expect(await told("/api/health/ready")).toEqual([200, { status: "ready" }]);
    expect(await told("/api/health/startup")).toEqual([200, { status: "started" }]);
    const database = { status: "up", poolSize: 20, maxOverflow: 10, recycleSeconds: 3600 };
    expect(await told("/api/health/detailed")).toMatchObject([
      200,
      { status: "healthy", environment: "production", checks: { database, workers: 4 } },
    ]);
  });

  test("429 past 100 requests to the API in ten seconds, while health is told; 413 past 10 MB", async () => {
    const paths = [...Array<string>(150).fill("/api/racks"), ...Array<string>(10).fill("/api/health/live")];
    const statuses = await answersInside(paths);
    const count = (status: number, of: readonly number[]) => of.filter((one) => one === status).length;
    const [api, health] = [statuses.slice(0, 150), statuses.slice(150)];
    expect({ served: count(200, api), refused: count(429, api), health: count(200, health) }).toEqual({
      served: 100,
      refused: 50,
      health: 10,
    });
    expect(await upload("large", Buffer.alloc(10 * megabyte + 1))).toBe(413);
    expect(await upload("small", Buffer.alloc(9 * megabyte))).toBe(201);
  });
});

describe("what it is given", () => {
  test("four workers take 30 connections each at most, and the server has twice as many", async () => {
    // More than all pools have, and enough for each whichever worker takes them.
    const program = `
      const ask = () => fetch("http://127.0.0.1:8000/api/racks/optimize", {
        method: "POST", headers: { "content-type": "application/json" }, body: '{"seconds":3}',
      }).then((answer) => answer.json());
      Promise.all(Array.from({ length: 240 }, ask)).then((all) => console.log(JSON.stringify(all)));`;
    const answers = await inside<{ connections: number }[]>(program);
    expect(answers).toHaveLength(240);
    expect(Math.max(...answers.map(({ connections }) => connections))).toBe(120);
    const [connections] = await stack.query("SHOW max_connections");
    expect(Number(connections)).toBeGreaterThanOrEqual(2 * 120 + 20);
  });

  test("Redis keeps 256 MB and lets go of what was used least; the hit rate of the cache is told", async () => {
    const redis = (await stack.container("redis")).Id;
    const cli = 'REDISCLI_AUTH="$(cat /run/secrets/redis/password)" redis-cli CONFIG GET "maxmemory*"';
    const settings = (await docker("exec", redis, "sh", "-c", cli)).split("\n");
    expect(settings.join(" ")).toContain(`maxmemory ${256 * megabyte}`);
    expect(settings.join(" ")).toContain("maxmemory-policy allkeys-lru");

    const { id } = JSON.parse((await client.post("/api/racks", { name: "hall" })).body) as { id: string };
    const hits = async () =>
      (JSON.parse((await client.get("/api/health/cache/stats")).body) as { hits: number }).hits;
    const before = await hits();
    for (let index = 0; index < 3; index++) await client.get(`/api/racks/${id}/thermal`);
    expect((await hits()) - before).toBe(2);
  });

  test("secrets are files that its user alone may read, and not in what the engine shows", async () => {
    const { Id } = await stack.container("backend");
    const folder = "/run/secrets/backend";
    const files = await docker("exec", Id, "sh", "-c", `cd ${folder} && stat -c '%n %a %u:%g' *`);
    expect(files.split("\n")).toEqual([
      "DATABASE_URL_FILE 400 1000:1000",
      "JWT_SECRET_KEY_FILE 400 1000:1000",
      "REDIS_URL_FILE 400 1000:1000",
      "SECRET_KEY_FILE 400 1000:1000",
    ]);
    const secrets = (await docker("exec", Id, "sh", "-c", `tail -n +1 -q ${folder}/*`)).split("\n");
    const shown = JSON.stringify(await inspectAll((await stack.containers()).map(({ Id }) => Id)));
    for (const secret of secrets.filter((line) => line !== "")) expect(shown).not.toContain(secret);
    expect(shown).not.toMatch(/postgresql:\/\/|redis:\/\//);
  });

  test("the frontend may listen on a low port, as another user than root; the backend has no capability", async () => {
    const capabilities = async (service: string) => {
      const [details] = await inspectAll([(await stack.container(service)).Id]);
      const { CapDrop, CapAdd, ReadonlyRootfs, SecurityOpt } = details?.HostConfig ?? {};
      return { CapDrop, CapAdd: CapAdd ?? [], ReadonlyRootfs, SecurityOpt, User: details?.Config.User };
    };
    const strict = { CapDrop: ["ALL"], ReadonlyRootfs: true, SecurityOpt: ["no-new-privileges:true"] };
    expect(await capabilities("frontend")).toEqual({
      ...strict,
      CapAdd: ["CAP_NET_BIND_SERVICE"],
      User: "101:101",
    });
    expect(await capabilities("backend")).toEqual({ ...strict, CapAdd: [], User: "1000:1000" });
  });

  test("Postgres counts what the queries take", async () => {
    const counted = "SELECT count(*) > 0 FROM pg_stat_statements WHERE query LIKE 'INSERT INTO racks%'";
    expect(await stack.query(counted)).toEqual(["t"]);
  });
});

describe("what people have uploaded and written", () => {
  const logo = Buffer.from("a picture");
  const address = "/uploads/brand_logos/ubiquiti.png";
  let uploads: readonly unknown[];

  const files = async () =>
    volumeEntries(`homerack-${stack.name}-uploads`, (await stack.container("backend")).Config.Image);

  beforeAll(async () => {
    expect(await upload("ubiquiti", logo)).toBe(201);
    uploads = await files();
    await operate(stack, "backup");
  });

  test("outlives a release with a migration, in which no request is lost", async () => {
    await stack.set({ images: systemPins(homerackImages, second) });
    const { failures, releases } = await visited(stack.up());
    expect(failures).toEqual([]);
    expect(releases).toEqual(new Set([first, second]));
    expect((await client.get(address)).body).toBe(logo.toString());
    expect(await racks()).toEqual([expect.objectContaining({ name: "hall", location: "" })]);
  });

  test("outlives a container's sudden end", async () => {
    const { Id } = await stack.container("backend");
    await docker("exec", Id, "sh", "-c", "kill -KILL -1");
    expect((await client.get(address)).body).toBe(logo.toString());
    expect((await stack.container("backend")).RestartCount).toBe(1);
  });

  test("outlives a rollback, which takes the migration back by Alembic", async () => {
    const output = await operate(stack, "rollback", "--revert-migration", "--yes");
    expect(output).toContain("reverted 0002_location");
    expect(await racks()).toEqual([{ id: expect.anything(), name: "hall" }]);
    expect((await client.get(address)).release).toBe(first);
  });

  test("comes back from the backup: files with owner, mode and time, and rows", async () => {
    const { Id } = await stack.container("backend");
    await docker(
      "exec",
      Id,
      "sh",
      "-c",
      "cd /app/uploads && rm -r brand_logos && touch stray && chmod 700 .",
    );
    expect((await client.get(address)).status).toBe(404);
    await operate(stack, "restore", "--from", "latest", "--volume", "uploads", "--yes");
    expect(await files()).toEqual(uploads);
    expect((await client.get(address)).body).toBe(logo.toString());

    await stack.query("DELETE FROM racks");
    await operate(stack, "restore", "--from", "latest", "--yes");
    expect(await racks()).toMatchObject([{ name: "hall" }]);
    expect((await client.get("/api/health/detailed")).status).toBe(200);
  });
});

async function racks(): Promise<unknown> {
  return JSON.parse((await client.get("/api/racks")).body);
}

/** What a program prints as JSON that the backend's container runs. */
async function inside<Value>(program: string): Promise<Value> {
  return JSON.parse(
    await docker("exec", (await stack.container("backend")).Id, "node", "-e", program),
  ) as Value;
}

/** Statuses that a client at another address than the tests' gets for requests that it makes at once. */
async function answersInside(paths: readonly string[]): Promise<number[]> {
  const { NetworkSettings } = await stack.container("proxy");
  const address = NetworkSettings.Networks[`homerack-${stack.name}-edge`]?.IPAddress;
  const options = { host: address, port: ports.http, headers: { host: `${host}:${ports.http}` } };
  return inside(`
    const { get } = require("node:http");
    const ask = (path) => new Promise((resolve, reject) => {
      get({ ...${JSON.stringify(options)}, path }, (answer) => resolve(answer.resume().statusCode)).once("error", reject);
    });
    Promise.all(${JSON.stringify(paths)}.map(ask)).then((all) => console.log(JSON.stringify(all)));`);
}

async function upload(brand: string, picture: Buffer): Promise<number> {
  const headers = { "content-type": "image/png" };
  const url = `${stack.origin}/api/brands/${brand}/logo`;
  return (await ask(url, { method: "POST", headers, body: picture })).status;
}

/** What page and API answer ten times a second until something else has ended: below the limits. None is tried again. */
async function visited(during: Promise<unknown>) {
  const failures: string[] = [];
  const releases = new Set<string | undefined>();
  const open: Promise<void>[] = [];
  let over = false;
  const ended = during.finally(() => {
    over = true;
  });
  for (let index = 0; !over; index++) {
    const path = index % 2 === 0 ? "/api/racks" : "/";
    const visit = client.get(path).then(
      ({ status, release }) => {
        if (status !== 200) failures.push(`${path} answered ${status}`);
        else releases.add(release);
      },
      (error: Error) => void failures.push(`${path}: ${error.message}`),
    );
    open.push(visit);
    await sleep(100);
  }
  await Promise.all([ended, ...open]);
  return { failures, releases };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
  });
}
