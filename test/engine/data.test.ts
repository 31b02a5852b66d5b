import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pgtune } from "../../lib/pgtune";
import type { Client } from "./harness/client";
import { docker } from "./harness/engine";
import { buildReleases } from "./harness/images";
import { TestStack } from "./harness/stack";
import { inUnits, postgresSetting, redis, sqlAs } from "./support/database";
import { setSecrets } from "./support/secrets";
import { copyVolume, emptyVolume } from "./support/volumes";

/** Each with all that SQL, redis.conf, a shell or a URL could stumble over. */
const passwords = (age: string) => ({
  databaseAdminPassword: `${age}-admin-'"\\$HOME;--%41`,
  databaseOwnerPassword: `${age}-owner-'"\\$HOME;--%41`,
  databaseAppPassword: `${age}-app-'"\\$HOME;--%41`,
  databaseMonitorPassword: `${age}-monitor-'"\\$HOME;--%41`,
  redisPassword: `${age}-redis-'"\\$HOME;--%41#{}`,
});
const [first, second] = [passwords("first"), passwords("second")];
const resources = { memory: 768, cpus: 1 };
const id = "00000000-0000-4000-8000-000000000001";
const volume = "clubhouse-data-postgres";

let stack: TestStack;
let client: Client;

const owner = (sql: string, given = first) =>
  sqlAs(stack, { user: "clubhouse_owner", password: given.databaseOwnerPassword }, sql);
const app = (sql: string, given = first) =>
  sqlAs(stack, { user: "clubhouse_app", password: given.databaseAppPassword }, sql);
const monitor = (sql: string, given = first) =>
  sqlAs(stack, { user: "clubhouse_monitor", password: given.databaseMonitorPassword }, sql);

beforeAll(async () => {
  await buildReleases();
  stack = await TestStack.create("data", {
    ports: { http: 18084, https: 18447 },
    settings: { resources: { postgres: resources }, bootstrapAdmin: { username: "admin" } },
  });
  await setSecrets(stack, first);
  await stack.up();
  client = await stack.client();
  expect((await client.post("/api/notes", { id, text: "the first" })).status).toBe(201);
});

afterAll(async () => {
  await stack?.destroyAll();
});

describe("roles", () => {
  const denied = { succeeded: false, output: expect.stringMatching(/permission denied|must be/) };

  test("none of them is more than a role that can log in", async () => {
    const more =
      "rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls OR NOT rolcanlogin";
    const roles = await stack.query(
      `SELECT rolname, ${more} FROM pg_roles WHERE rolname LIKE 'clubhouse%' ORDER BY 1`,
    );
    expect(roles).toEqual(["clubhouse_app|f", "clubhouse_monitor|f", "clubhouse_owner|f"]);
  });

  test("the owner changes the schema, and gives up on a lock after 5 s", async () => {
    expect(await owner("CREATE TABLE made_later (id serial PRIMARY KEY)")).toMatchObject({ succeeded: true });
    expect((await owner("SHOW lock_timeout")).output).toBe("5s");
    expect(await owner("CREATE ROLE another")).toEqual(denied);
    expect(await owner("CREATE DATABASE another")).toEqual(denied);
  });

  test.each([
    "INSERT INTO made_later DEFAULT VALUES",
    "SELECT * FROM made_later",
    "UPDATE notes SET text = text",
    "DELETE FROM made_later",
  ])("the application may: %s", async (sql) => {
    expect(await app(sql)).toMatchObject({ succeeded: true });
  });

  test.each([
    "CREATE TABLE another (id int)",
    "ALTER TABLE notes ADD another int",
    "DROP TABLE made_later",
    "TRUNCATE notes",
    "CREATE INDEX ON notes (text)",
    "CREATE SCHEMA another",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "COPY notes TO PROGRAM 'cat'",
    "SELECT pg_read_file('/etc/passwd')",
  ])("the application may not: %s", async (sql) => {
    expect(await app(sql)).toEqual(denied);
  });

  test("the monitor sees what the server does, and no row", async () => {
    const activity =
      "SELECT count(*) > 0 FROM pg_stat_activity WHERE usename = 'clubhouse_app' AND query <> ''";
    expect(await monitor(activity)).toMatchObject({ succeeded: true, output: "t" });
    expect(await monitor("SELECT count(*) FROM notes")).toEqual(denied);
    expect(await monitor("INSERT INTO notes (id, text) VALUES (gen_random_uuid(), '')")).toEqual(denied);
    expect(await monitor("CREATE TABLE another (id int)")).toEqual(denied);
  });

  test("nobody connects over the network without the password", async () => {
    for (const user of ["postgres", "clubhouse_owner", "clubhouse_app", "clubhouse_monitor"]) {
      const reply = await sqlAs(stack, { user, password: "wrong" }, "SELECT 1");
      expect(reply).toEqual({
        succeeded: false,
        output: expect.stringContaining("password authentication failed"),
      });
    }
  });
});

describe("servers", () => {
  test.each(Object.entries(pgtune(resources)))("Postgres has %s = %s in force", async (name, value) => {
    expect(await postgresSetting(stack, name)).toEqual({ source: "command line", value: inUnits(value) });
  });

  test("Postgres checks what it reads from the disk", async () => {
    expect(await stack.query("SHOW data_checksums")).toEqual(["on"]);
  });

  test("Redis asks for the password, keeps to its memory, writes to the disk, evicts nothing", async () => {
    expect((await redis(stack, undefined, "PING")).output).toContain("NOAUTH");
    expect((await redis(stack, "wrong", "PING")).output).toContain("WRONGPASS");
    const settings = ["maxmemory", "maxmemory-policy", "appendonly", "appendfsync", "protected-mode"];
    const { output } = await redis(stack, first.redisPassword, "CONFIG", "GET", ...settings);
    const pairs = output.split(/\s+/);
    expect(Object.fromEntries(settings.map((name) => [name, pairs[pairs.indexOf(name) + 1]]))).toEqual({
      maxmemory: String(179 * 1024 * 1024),
      "maxmemory-policy": "noeviction",
      appendonly: "yes",
      appendfsync: "everysec",
      "protected-mode": "yes",
    });
  });
});

test("the first administrator can log in", async () => {
  const { login } = (await stack.outputs()) as { login: { username: string; password: string } };
  expect((await client.post("/api/login", login)).status).toBe(200);
  expect((await client.post("/api/login", { ...login, password: "not the password" })).status).toBe(401);
});

describe("a release", () => {
  beforeAll(async () => {
    for (const sql of [
      "ALTER ROLE clubhouse_app SUPERUSER CREATEDB PASSWORD 'by hand'",
      "ALTER ROLE clubhouse_owner RESET lock_timeout",
      "REVOKE ALL ON notes FROM clubhouse_app",
      "GRANT CREATE ON SCHEMA public TO clubhouse_app",
      "GRANT SELECT ON notes TO clubhouse_monitor WITH GRANT OPTION",
      "GRANT clubhouse_owner TO clubhouse_monitor",
      "ALTER SCHEMA public OWNER TO postgres",
    ]) {
      await stack.query(sql);
    }
    await redis(stack, first.redisPassword, "SET", "kept", "yes");
    await stack.release("1.1.0");
  });

  test("takes back what was changed in the database by hand", async () => {
    expect(await app("CREATE TABLE another (id int)")).toMatchObject({ succeeded: false });
    expect(await app("SELECT text FROM notes")).toEqual({ succeeded: true, output: "the first" });
    expect(await monitor("SELECT count(*) FROM notes")).toMatchObject({ succeeded: false });
    expect(await monitor("DROP TABLE made_later")).toMatchObject({ succeeded: false });
    expect((await owner("SHOW lock_timeout")).output).toBe("5s");
    expect(await owner("CREATE TABLE made_now (id int)")).toMatchObject({ succeeded: true });
  });

  test("finds the first administrator there, and makes no other", async () => {
    expect(await stack.logs("backend")).toContain("bootstrap skipped: an admin exists");
    expect(await stack.query("SELECT username, role FROM users")).toEqual(["admin|admin"]);
  });
});

describe("an update with other passwords, more memory for Postgres, and no first administrator", () => {
  beforeAll(async () => {
    await setSecrets(stack, second);
    await stack.set({ resources: { postgres: { memory: 896 } }, bootstrapAdmin: undefined });
    await stack.up();
  });

  test("lets in with the new passwords and no longer with the old ones", async () => {
    for (const role of [owner, app, monitor]) {
      expect(await role("SELECT 1", second)).toEqual({ succeeded: true, output: "1" });
      expect(await role("SELECT 1", first)).toMatchObject({ succeeded: false });
    }
    const admin = (password: string) => sqlAs(stack, { user: "postgres", password }, "SELECT 1");
    expect(await admin(second.databaseAdminPassword)).toMatchObject({ succeeded: true });
    expect(await admin(first.databaseAdminPassword)).toMatchObject({ succeeded: false });
    expect((await redis(stack, second.redisPassword, "PING")).output).toBe("PONG");
    expect((await redis(stack, first.redisPassword, "PING")).output).toContain("WRONGPASS");
  });

  test("keeps the data of both servers, whose containers were replaced", async () => {
    expect(await stack.query("SHOW shared_buffers")).toEqual(["224MB"]);
    expect(JSON.parse((await client.get("/api/notes")).body)).toMatchObject({
      notes: [{ id, text: "the first" }],
    });
    expect((await redis(stack, second.redisPassword, "GET", "kept")).output).toBe("yes");
    expect((await client.post("/api/notes", { text: "the second" })).status).toBe(201);
  });

  test("leaves the administrator, and nothing of how it was made", async () => {
    const { Config } = await stack.container("backend");
    expect(Config.Env?.filter((variable) => variable.includes("BOOTSTRAP"))).toEqual([]);
    expect(await stack.outputs()).not.toHaveProperty("login");
    expect(await stack.query("SELECT username, role FROM users")).toEqual(["admin|admin"]);
  });
});

test("an emptied volume stops the next update, nothing wrong is served meanwhile, and the right one mends it", async () => {
  const copy = `${volume}-copy`;
  const { Id, Config } = await stack.container("postgres");
  await docker("container", "stop", Id);
  await copyVolume(volume, copy, Config.Image);
  await emptyVolume(volume, Config.Image);
  await stack.pin("1.2.0");
  const { output } = await stack.tryUp();
  expect(output).toContain(`Postgres started on other data than before: volume ${volume} now holds`);
  expect((await client.get("/api/notes")).status).toBeGreaterThanOrEqual(500);
  expect((await stack.containers("backend")).map(({ Config }) => Config.Labels["slipway.release"])).toEqual([
    "1.1.0",
  ]);

  await docker("container", "stop", Id);
  await emptyVolume(volume, Config.Image);
  await copyVolume(copy, volume, Config.Image);
  await docker("volume", "rm", copy);
  await stack.up();
  const answer = await client.get("/api/notes");
  expect(answer.release).toBe("1.2.0");
  expect(JSON.parse(answer.body)).toMatchObject({
    notes: [{ text: "the second" }, { id, text: "the first" }],
  });
});

test("pulumi destroy refuses, and without what is protected it leaves the data for the next update", async () => {
  const destroy = (...options: readonly string[]) =>
    stack.start("destroy", "--stack", stack.name, "--yes", "--non-interactive", ...options).outcome;
  const refused = await destroy();
  expect(refused.exitCode).not.toBe(0);
  expect(refused.output).toMatch(/postgres-data\S* cannot be deleted\s+because it is protected/);
  expect((await client.get("/api/notes")).status).toBe(200);

  expect(await destroy("--exclude-protected")).toMatchObject({ exitCode: 0 });
  expect(await stack.containers()).toEqual([]);
  await stack.up();
  expect((await client.get("/api/notes/count")).body).toBe('{"count":2}');
  expect((await redis(stack, second.redisPassword, "GET", "kept")).output).toBe("yes");
});
