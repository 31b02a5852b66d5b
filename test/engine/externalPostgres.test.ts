import { afterAll, beforeAll, expect, test } from "vitest";
import { buildReleases } from "./harness/images";
import { TestStack } from "./harness/stack";
import { ExternalServer } from "./support/externalPostgres";
import { setSecrets } from "./support/secrets";

const [database, user, password] = ["outside", "outsider", "only-for-tests-outside"];

let server: ExternalServer;
let stack: TestStack;

beforeAll(async () => {
  await buildReleases(["1.0.0"]);
  server = await ExternalServer.start(database, user, password);
  stack = await TestStack.create("external", {
    ports: { http: 18086, https: 18449 },
    settings: { postgres: { host: server.host, port: server.port, database, user, sslmode: "require" } },
  });
});

afterAll(async () => {
  await stack?.destroyAll();
  await server?.remove();
});

test("without the password of the server nothing is begun", async () => {
  const { exitCode, output } = await stack.tryUp();
  expect(exitCode).not.toBe(0);
  expect(output).toContain("slipway:secrets.databaseAppPassword is missing");
  expect(await stack.containers()).toEqual([]);
});

test("a system works with a server that somebody else runs, over TLS, and brings none of its own", async () => {
  await setSecrets(stack, { databaseAppPassword: password });
  await stack.up();
  const client = await stack.client();
  expect((await client.post("/api/notes", { text: "kept outside" })).status).toBe(201);
  expect(await server.query(database, "SELECT text FROM notes")).toEqual(["kept outside"]);
  expect(
    await server.query(database, "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"),
  ).toEqual([user]);
  const connections = `SELECT DISTINCT usename, ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE datname = '${database}' AND usename = '${user}'`;
  expect(await server.query(database, connections)).toEqual([`${user}|t`]);
  expect(await stack.containers("postgres")).toEqual([]);
  const { output } = await stack.start("stack", "--stack", stack.name, "--show-urns").outcome;
  expect(output).toContain("redis-server");
  expect(output).not.toMatch(/postgres-(server|data|roles)|images-postgres/);
});

test("a second update has nothing to change", async () => {
  await stack.up("--expect-no-changes");
});
