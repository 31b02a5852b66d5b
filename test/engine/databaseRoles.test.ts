import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DatabaseDemand } from "../../lib/databaseRoles";
import { callBackup, callDrill } from "../../operations/steps/backupService";
import { adminPassword, backupRole, DatabaseLab } from "./support/databaseLab";

const database = "permits";
const owner = { user: `${database}_owner`, password: "owner-password" };
const app = { user: `${database}_app`, password: "app-password" };
const monitor = { user: `${database}_monitor`, password: "monitor-password" };
const authenticator = { user: "authenticator", password: "authenticator-password" };
const accounts = { user: "accounts", password: "accounts-password" };

const demand: Omit<DatabaseDemand, "adminPassword"> = {
  database,
  extensions: ["pg_trgm"],
  schemas: ["metadata"],
  roles: {
    owner,
    app,
    monitor,
    backup: backupRole(database),
    application: [
      { ...authenticator, memberOf: ["web_anon", "authenticated"], inherit: false },
      { user: "web_anon", memberOf: [], inherit: true },
      { user: "authenticated", memberOf: ["web_anon"], inherit: true },
      { ...accounts, memberOf: [], inherit: true, schema: "accounts" },
    ],
  },
};

/** As migrations of systems with PostgREST have it, which may meet a server that has the roles and one that hasn't. */
const migration = `
  DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'web_anon') THEN CREATE ROLE web_anon NOLOGIN; END IF;
  END $$;
  GRANT USAGE ON SCHEMA public TO web_anon;
  ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO web_anon;
  CREATE TABLE issues (id serial PRIMARY KEY, text text);
  GRANT INSERT ON issues TO authenticated;
  GRANT USAGE ON SEQUENCE issues_id_seq TO authenticated;
  CREATE TABLE metadata.entities (name text);
  INSERT INTO issues (text) VALUES ('the first');`;

let lab: DatabaseLab;

const as = (login: { user: string; password: string }, sql: string, at = database) => lab.as(login, at, sql);
const denied = { succeeded: false, output: expect.stringContaining("permission denied") };
const nothing = { succeeded: true, output: "" };

beforeAll(async () => {
  lab = await DatabaseLab.start();
  await lab.reconcile(demand);
  expect(await as(owner, migration)).toEqual(nothing);
  expect(await as(accounts, "CREATE TABLE realm (name text); INSERT INTO realm VALUES ('one')")).toEqual(
    nothing,
  );
});

afterAll(() => lab?.remove());

describe("a role that takes on others", () => {
  test("has no rights before it asks for them", async () => {
    expect(await as(authenticator, "SELECT text FROM public.issues")).toEqual(denied);
  });

  test("has those of the one that it asks for, and no more", async () => {
    const asked = (role: string, sql: string) => as(authenticator, `SET ROLE ${role}; ${sql}`);
    expect(await asked("web_anon", "SELECT text FROM issues")).toEqual({
      succeeded: true,
      output: "the first",
    });
    expect(await asked("web_anon", "INSERT INTO issues (text) VALUES ('x')")).toEqual(denied);
    expect(await asked("authenticated", "INSERT INTO issues (text) VALUES ('the second')")).toEqual(nothing);
    expect(await asked("authenticated", "SELECT count(*) FROM issues")).toEqual({
      succeeded: true,
      output: "2",
    });
    expect(await asked(owner.user, "SELECT 1")).toEqual(denied);
  });

  test("is the only one of the three that logs in", async () => {
    for (const user of ["web_anon", "authenticated"]) {
      expect(await as({ user, password: "" }, "SELECT 1")).toMatchObject({ succeeded: false });
    }
  });
});

test("a role with a schema of its own finds its tables, which nobody else reads, and reads none of theirs", async () => {
  expect(await as(accounts, "SELECT name FROM realm")).toEqual({ succeeded: true, output: "one" });
  expect(await as(app, "SELECT name FROM accounts.realm")).toEqual(denied);
  expect(await as(accounts, "SELECT text FROM public.issues")).toEqual(denied);
  expect(await as(accounts, "CREATE TABLE public.more (id int)")).toEqual(denied);
});

test("the services use the schemas of the migrations, and can't change them", async () => {
  expect(await as(app, "INSERT INTO metadata.entities VALUES ('permit')")).toEqual(nothing);
  expect(await as(app, "CREATE TABLE metadata.more (id int)")).toEqual(denied);
});

test("an update keeps what migrations granted, and takes away what was granted by hand", async () => {
  for (const sql of [
    `GRANT ${owner.user} TO web_anon`,
    "GRANT pg_read_all_data TO accounts WITH ADMIN OPTION",
    "GRANT web_anon TO authenticator WITH ADMIN OPTION, INHERIT TRUE",
    "CREATE ROLE somebody LOGIN",
    "SET ROLE authenticator; GRANT web_anon TO somebody; GRANT web_anon TO accounts",
    "ALTER ROLE authenticator CREATEROLE INHERIT",
  ]) {
    await lab.query(database, sql);
  }
  expect(await as(authenticator, "SELECT count(*) FROM issues")).toMatchObject({ succeeded: true });
  await lab.reconcile(demand);
  expect(await as(authenticator, "SELECT text FROM public.issues")).toEqual(denied);
  const memberships = await lab.query(
    database,
    `SELECT member::regrole, roleid::regrole, admin_option, inherit_option, grantor::regrole FROM pg_auth_members
     WHERE member::regrole::text IN ('authenticator', 'web_anon', 'authenticated', 'accounts') ORDER BY 1, 2`,
  );
  expect(memberships.sort()).toEqual([
    "authenticated|web_anon|f|t|postgres",
    "authenticator|authenticated|f|f|postgres",
    "authenticator|web_anon|f|f|postgres",
  ]);
  expect(await as(authenticator, "SET ROLE web_anon; SELECT count(*) FROM issues")).toEqual({
    succeeded: true,
    output: "2",
  });
});

test("a role that the spec has no longer is shut out, and lets in again when it is back", async () => {
  const { application = [], ...others } = demand.roles;
  const fewer = application.filter(({ user }) => user !== accounts.user);
  await lab.reconcile({ ...demand, roles: { ...others, application: fewer } });
  expect(await as(accounts, "SELECT name FROM realm")).toEqual({
    succeeded: false,
    output: expect.stringContaining("not permitted to log in"),
  });
  await lab.reconcile(demand);
  expect(await as(accounts, "SELECT name FROM realm")).toEqual({ succeeded: true, output: "one" });
});

test("a backup of it can be restored, with the same owners and rights", async () => {
  const { user } = backupRole(database);
  const logins = [app, monitor, authenticator, accounts].map((login) => login.user);
  const settings = { host: "postgres", port: 5432, name: database, user, roles: [...logins, user] };
  await lab.startBackups(settings);
  const { run } = await callBackup(lab.backups.service, "backup", { reason: "manual" });
  const drilled = await callDrill(lab.backups.drill, "drill", { run });
  expect(drilled).toMatchObject({ run, checks: [expect.stringContaining("pg_amcheck")] });
  expect(drilled.error).toBeUndefined();
  expect(drilled.rows).toBeGreaterThanOrEqual(4);

  const command = { database, adminPassword };
  const { database: restored } = await callBackup(lab.backups.service, "restore-database", {
    ...command,
    run,
  });
  const rights = `
    SELECT nspname, relname, relowner::regrole, relacl FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
      WHERE nspname IN ('public', 'metadata', 'accounts') AND relkind IN ('r', 'S')
    UNION ALL SELECT nspname, '', nspowner::regrole, nspacl FROM pg_namespace
      WHERE nspname IN ('public', 'metadata', 'accounts')
    UNION ALL SELECT 'default', defaclobjtype::text, defaclrole::regrole, defaclacl FROM pg_default_acl
    ORDER BY 1, 2, 3`;
  const before = await lab.query(database, rights);
  expect(before.join("\n")).toContain("web_anon=r/permits_owner");
  expect(await lab.query(restored, rights)).toEqual(before);
  expect(await as(authenticator, "SET ROLE web_anon; SELECT count(*) FROM issues", restored)).toEqual({
    succeeded: true,
    output: "2",
  });
  expect(await as(accounts, "SELECT name FROM realm", restored)).toEqual({ succeeded: true, output: "one" });
});
