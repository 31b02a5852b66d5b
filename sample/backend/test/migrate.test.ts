import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { createDatabase, type TestDatabase } from "./support/database.js";
import { migrate, run } from "./support/programs.js";

let database: TestDatabase;
before(async () => {
  database = await createDatabase();
});
after(() => database.end());

test("the role of the server can't migrate", async () => {
  const { code, output } = await migrate(database.app);
  assert.equal(code, 1);
  assert.match(output, /migration failed: .*permission denied for schema public/);
});

test("the owner applies what is pending, and nothing the second time", async () => {
  const first = await migrate(database.owner);
  assert.equal(first.code, 0, first.output);
  assert.equal(first.output, "applied 0001_notes\napplied 0002_users\nthe database is at 0002_users\n");
  const second = await migrate(database.owner);
  assert.equal(second.code, 0, second.output);
  assert.equal(second.output, "nothing to apply: 0002_users is there\n");
});

test("two runs at once end well", async () => {
  const empty = await createDatabase();
  const runs = await Promise.all([migrate(empty.owner), migrate(empty.owner)]);
  assert.deepEqual(
    runs.map(({ code }) => code),
    [0, 0],
  );
  assert.equal((await empty.query("SELECT FROM schema_migrations")).length, 2);
  await empty.end();
});

test("failing-migration: nothing stays, the statement and the reason are told", async () => {
  const { code, output } = await migrate({ ...database.owner, MISBEHAVE: "failing-migration" });
  assert.equal(code, 1);
  assert.match(output, /column "no_such_column" of relation "users" does not exist/);
  assert.match(output, /Nothing was changed/);
  const columns = await database.query(
    "SELECT FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'nickname'",
  );
  assert.equal(columns.length, 0);
});

test("locked-migration: gives up after 5 s and says what to do", async () => {
  const { code, output, ms } = await migrate({ ...database.owner, MISBEHAVE: "locked-migration" });
  assert.equal(code, 1);
  assert.ok(ms > 5_000 && ms < 8_000, `took ${ms} ms`);
  assert.match(output, /another transaction held a lock for more than 5 s/);
});

test("adds-column and renames-column: each brings the migrations of the release before it", async () => {
  const changing = await createDatabase();
  const outputOf = async (MISBEHAVE: string) => (await migrate({ ...changing.owner, MISBEHAVE })).output;
  assert.match(await outputOf(""), /the database is at 0002_users\n$/);
  assert.equal(
    await outputOf("adds-column"),
    "applied 0003_adds-column\nthe database is at 0003_adds-column\n",
  );
  assert.match(await outputOf("renames-column"), /^applied 0004_renames-column\n/);
  assert.equal(await outputOf("adds-column"), "nothing to apply: 0003_adds-column is there\n");
  assert.equal(await outputOf(""), "nothing to apply: 0002_users is there\n");
  await changing.end();
  const empty = await createDatabase();
  const all = await migrate({ ...empty.owner, MISBEHAVE: "renames-column" });
  assert.equal(all.output.match(/^applied /gm)?.length, 4);
  await empty.end();
});

test("called otherwise than golang-migrate is for this: says how, and does nothing", async () => {
  const { code, output } = await run("migrate", database.owner, "-path", "/app/migrations", "up");
  assert.equal(code, 1);
  assert.match(
    output,
    /^usage: migrate -path FOLDER -database postgres:\/\/\/ up\nnot -path \/app\/migrations up$/m,
  );
});

test("no database: says where it was looked for", async () => {
  const { code, output } = await migrate({ ...database.owner, PGPORT: "1" });
  assert.equal(code, 1);
  assert.match(output, /no connection to 127\.0\.0\.1:1\/test_\w+ as test_\w+_owner: .*ECONNREFUSED/);
});

test("the role of the server may read and write rows, not change tables", async () => {
  const { POSTGRES_HOST, POSTGRES_PORT, POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = database.app;
  const client = new pg.Client(
    `postgres://${POSTGRES_USER}:${POSTGRES_PASSWORD}@${POSTGRES_HOST}:${POSTGRES_PORT}/${POSTGRES_DB}`,
  );
  await client.connect();
  await client.query("SELECT name FROM schema_migrations");
  await client.query("DELETE FROM notes");
  await assert.rejects(client.query("DROP TABLE notes"), /must be owner of table notes/);
  await assert.rejects(client.query("CREATE TABLE more (id int)"), /permission denied for schema public/);
  await client.end();
});
