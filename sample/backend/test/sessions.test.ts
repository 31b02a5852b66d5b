import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDatabase, type TestDatabase } from "./support/database.js";
import { migrate, run, serverEnvironment, startHealthyServer, type TestServer } from "./support/programs.js";

let database: TestDatabase;
let server: TestServer;
before(async () => {
  database = await createDatabase();
  await migrate(database.owner);
  server = await startHealthyServer(serverEnvironment(database.app));
});
after(async () => {
  await server.stop();
  await database.end();
});

const username = "admin";
const password = "ChangeMe123";
const json = { "content-type": "application/json" };

const login = (body: object) =>
  fetch(`${server.url}/api/login`, { method: "POST", headers: json, body: JSON.stringify(body) });

const credentials = {
  CLUBHOUSE_BOOTSTRAP_ADMIN_USERNAME: username,
  CLUBHOUSE_BOOTSTRAP_ADMIN_PASSWORD: password,
};

test("bootstrap: two servers that start with the credentials create one admin, the next skips", async () => {
  const start = () => startHealthyServer({ ...serverEnvironment(database.app), ...credentials });
  assert.deepEqual(await database.query("SELECT FROM users"), []);
  const both = await Promise.all([start(), start()]);
  const said = both.map(
    (one) => /created the admin admin|bootstrap skipped: an admin exists/.exec(one.output())?.[0],
  );
  assert.deepEqual(said.sort(), ["bootstrap skipped: an admin exists", "created the admin admin"]);
  const next = await start();
  assert.match(next.output(), /bootstrap skipped: an admin exists/);
  for (const one of [...both, next]) {
    assert.doesNotMatch(one.output(), new RegExp(password));
    await one.stop();
  }

  const users = await database.query<{ password_hash: string }>("SELECT password_hash FROM users");
  assert.equal(users.length, 1);
  assert.match(users[0]?.password_hash ?? "", /^scrypt\$32768\$8\$3\$/);
});

test("bootstrap without a database ends the server", async () => {
  const unreachable = { ...serverEnvironment(database.app), POSTGRES_PORT: "1" };
  const { code, output } = await run("server", { ...unreachable, ...credentials });
  assert.equal(code, 1);
  assert.match(output, /bootstrap failed: .*ECONNREFUSED/);
});

test("a wrong password and an unknown user get the same answer", async () => {
  for (const body of [
    { username, password: "wrong" },
    { username: "nobody", password },
  ]) {
    const answer = await login(body);
    assert.equal(answer.status, 401);
    assert.deepEqual(await answer.json(), { error: "wrong username or password" });
  }
});

test("a session: opened, known to another replica, its name on a note, ended", async () => {
  const answer = await login({ username: "ADMIN", password });
  assert.deepEqual(await answer.json(), { username, role: "admin" });
  const setCookie = answer.headers.get("set-cookie") ?? "";
  assert.match(setCookie, /^session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  const headers = { ...json, cookie: setCookie.split(";")[0] ?? "" };

  const other = await startHealthyServer(serverEnvironment(database.app));
  const me = await fetch(`${other.url}/api/me`, { headers });
  assert.deepEqual(await me.json(), { username, role: "admin" });
  const note = await fetch(`${other.url}/api/notes`, { method: "POST", headers, body: '{"text":"signed"}' });
  assert.equal(((await note.json()) as { author: string }).author, username);
  assert.equal(await other.stop(), 0);

  await fetch(`${server.url}/api/logout`, { method: "POST", headers: { cookie: headers.cookie } });
  assert.equal((await fetch(`${server.url}/api/me`, { headers })).status, 401);
});

test("no password or token reaches the log", () => {
  assert.doesNotMatch(server.output(), /ChangeMe123|only-for-tests|session=/);
});
