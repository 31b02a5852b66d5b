import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exampleStandIns } from "../../setup/images/exampleStandIns";
import { addExample, quotedSettings } from "../examples";
import type { Client } from "./harness/client";
import { docker } from "./harness/engine";
import { standInsOf } from "./harness/images";
import { TestStack } from "./harness/stack";
import { operate } from "./support/storedBackups";

/** Of the stacks in the docs: of a run that was killed, both may be there. */
const portsOf = {
  reader: { http: 18495, https: 18855 },
  notes: { http: 18496, https: 18856 },
};
let stack: TestStack;
let client: Client;

/** Follows docs/your-own-app.md to the end. Its ports and name are the tests' own, so that they disturb no stack. */
async function follow(system: keyof typeof exampleStandIns, name: keyof typeof portsOf): Promise<void> {
  const ports = portsOf[name];
  await standInsOf([exampleStandIns[system]]);
  stack = await TestStack.create(`own-${name}`, {
    ports,
    app: system,
    prepare: (project) => addExample(system, project),
    settings: { backups: undefined, ...quotedSettings(name), ports },
  });
  await stack.up();
  client = await stack.client();
}

describe("Miniflux", () => {
  beforeAll(() => follow("miniflux", "reader"));
  afterAll(() => stack.destroyAll());

  test("its first administrator logs in with what the stack prints, and adds a feed's category", async () => {
    expect(await client.get("/")).toMatchObject({ status: 200, body: expect.stringContaining("Miniflux") });
    const { username, password } = (await stack.outputs()).login as { username: string; password: string };
    const headers = { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
    const me = await client.get("/v1/me", { headers });
    expect(JSON.parse(me.body)).toMatchObject({ username: "ada", is_admin: true });
    expect((await client.post("/v1/categories", { title: "Trains" }, { headers })).status).toBe(201);
    expect((await client.get("/v1/me")).status).toBe(401);
  });

  test("its migration ran as the owner of the schema, it serves as the role that reads and writes rows", async () => {
    const owners = await stack.query("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'");
    expect(owners).toEqual(["miniflux_owner"]);
    const users = await stack.query(
      "SELECT DISTINCT usename FROM pg_stat_activity WHERE client_addr IS NOT NULL",
    );
    expect(users).toEqual(["miniflux_app"]);
  });

  test("the address of its database is in a file, not in what the engine shows of its container", async () => {
    const { Config } = await stack.container("reader");
    expect(Config.Env).toContain("DATABASE_URL_FILE=/run/secrets/reader/DATABASE_URL_FILE");
    expect(JSON.stringify(Config)).not.toContain("postgresql://");
  });

  test("another up has nothing to do, and what was stored is there", async () => {
    await stack.up("--expect-no-changes");
    expect(await stack.query("SELECT title FROM categories WHERE title = 'Trains'")).toEqual(["Trains"]);
  });
});

describe("Parse Server", () => {
  const headers = { "x-parse-application-id": "notes" };
  const account = { username: "ada", password: "only-for-tests" };

  beforeAll(() => follow("parse", "notes"));
  afterAll(() => stack.destroyAll());

  /** Path of an uploaded file in the address that it was given. */
  let uploaded: string;

  test("somebody makes an account and uploads a file, which has a public address", async () => {
    const made = await client.post("/parse/users", account, { headers });
    expect(made.status).toBe(201);
    const session = { ...headers, "x-parse-session-token": JSON.parse(made.body).sessionToken as string };
    const file = await client.post("/parse/files/timetable.json", { train: 7 }, { headers: session });
    const { url } = JSON.parse(file.body) as { url: string };
    expect(url).toMatch(new RegExp(`^${stack.origin}/parse/files/notes/`));
    uploaded = url.slice(stack.origin.length);
    expect(await client.get(uploaded)).toMatchObject({ status: 200, body: '{"train":7}' });
  });

  test("its tables are in the schema of its role, and the common schema has none", async () => {
    const owners = await stack.query(
      "SELECT DISTINCT schemaname, tableowner FROM pg_tables WHERE schemaname IN ('public', 'parse')",
    );
    expect(owners).toEqual(["parse|parse"]);
  });

  test("a file that was lost comes back from the backup", async () => {
    await operate(stack, "backup");
    await docker("exec", (await stack.container("api")).Id, "find", "files", "-type", "f", "-delete");
    expect((await client.get(uploaded)).status).toBe(404);
    await operate(stack, "restore", "--from", "latest", "--volume", "files", "--yes");
    expect((await client.get(uploaded)).body).toBe('{"train":7}');
  });

  test("another up has nothing to do; a second container has the same files and accounts", async () => {
    await stack.up("--expect-no-changes");
    await stack.set({ replicas: { api: 2 } });
    await stack.up();
    expect(await stack.containers("api")).toHaveLength(2);
    for (const { Id } of await stack.containers("api")) {
      expect(await docker("exec", Id, "wget", "-qO-", `http://127.0.0.1:1337${uploaded}`)).toBe(
        '{"train":7}',
      );
    }
    expect((await client.post("/parse/login", account, { headers })).status).toBe(200);
  });
});
