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
const worker = { user: "worker", password: "worker-password" };

const demand: Omit<DatabaseDemand, "adminPassword"> = {
  database,
  // Not one that an owner of a database could make itself.
  extensions: ["pg_trgm", { name: "pageinspect", schema: "inspection" }],
  schemas: ["metadata"],
  roles: {
    owner,
    ownerManagesRoles: true,
    app,
    monitor,
    backup: backupRole(database),
    application: [
      { ...authenticator, memberOf: ["web_anon", "authenticated"], inherit: false },
      { user: "web_anon", memberOf: [], inherit: true },
      { user: "authenticated", memberOf: ["web_anon"], inherit: true },
      { ...accounts, memberOf: [], inherit: true, schema: "accounts" },
      { ...worker, memberOf: [app.user], inherit: true, bypassRowSecurity: true },
    ],
  },
};

/** As migrations of systems with PostgREST have it, which may meet a server that has the roles and one that hasn't. */
const migration = `
  SET client_min_messages = warning;
  DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'web_anon') THEN CREATE ROLE web_anon NOLOGIN; END IF;
  END $$;
  GRANT web_anon TO authenticator;
  ALTER ROLE web_anon SET search_path = public, metadata;
  CREATE SCHEMA IF NOT EXISTS inspection;
  CREATE EXTENSION IF NOT EXISTS pageinspect SCHEMA inspection;
  GRANT USAGE ON SCHEMA public TO web_anon;
  ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO web_anon;
  CREATE TABLE issues (id serial PRIMARY KEY, text text);
  GRANT INSERT ON issues TO authenticated;
  GRANT USAGE ON SEQUENCE issues_id_seq TO authenticated;
  CREATE TABLE metadata.entities (name text);
  CREATE TABLE jobs (kind text);
  ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
  INSERT INTO jobs VALUES ('thumbnail');
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

test("a role that policies don't hold for sees the rows that they hide from the services, and no others' tables", async () => {
  const count = "SELECT count(*) FROM jobs";
  expect(await as(app, count)).toEqual({ succeeded: true, output: "0" });
  expect(await as(worker, count)).toEqual({ succeeded: true, output: "1" });
  expect(
    await as(worker, "UPDATE jobs SET kind = 'mail'; INSERT INTO metadata.entities VALUES ('job')"),
  ).toEqual(nothing);
  expect(await as(worker, "CREATE TABLE more (id int)")).toEqual(denied);
  expect(await as(worker, "SELECT name FROM accounts.realm")).toEqual(denied);
});

test("the owner manages the roles that can't log in, and can't become another", async () => {
  const settings =
    "SELECT setrole::regrole, setconfig FROM pg_db_role_setting WHERE setdatabase = 0 AND setrole <> 'permits_owner'::regrole";
  expect(await lab.query(database, settings)).toEqual(['web_anon|{"search_path=public, metadata"}']);
  for (const sql of [
    "GRANT accounts TO permits_owner",
    "GRANT permits_backup TO web_anon",
    "ALTER ROLE worker PASSWORD 'mine'",
    "ALTER ROLE web_anon BYPASSRLS",
    "ALTER ROLE permits_app CREATEDB",
    "DROP ROLE authenticator",
  ]) {
    expect(await as(owner, sql), sql).toEqual(denied);
  }
});

test("all roles find an extension that has a schema of its own", async () => {
  const asked =
    "SELECT has_schema_privilege('inspection', 'USAGE'), has_schema_privilege('inspection', 'CREATE')";
  for (const role of [app, monitor, authenticator, accounts]) {
    expect(await as(role, asked)).toEqual({ succeeded: true, output: "t|f" });
  }
  expect(await as(authenticator, `SET ROLE web_anon; ${asked}`)).toEqual({ succeeded: true, output: "t|f" });
  const where =
    "SELECT extname, extnamespace::regnamespace FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1";
  expect(await lab.query(database, where)).toEqual(["pageinspect|inspection", "pg_trgm|public"]);
});

test("an update keeps what migrations granted, and takes away what was granted by hand", async () => {
  for (const sql of [
    `GRANT ${owner.user} TO accounts`,
    `GRANT authenticated TO ${owner.user} WITH INHERIT TRUE, SET TRUE`,
    `SET ROLE ${owner.user}; GRANT authenticated TO accounts; GRANT authenticated TO ${app.user}, ${owner.user}`,
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
    `SELECT member::regrole, roleid::regrole, admin_option, inherit_option, set_option, grantor::regrole
     FROM pg_auth_members WHERE member::regrole::text NOT IN ('pg_monitor', 'somebody', 'permits_backup', 'permits_monitor')`,
  );
  expect(memberships.sort()).toEqual([
    "accounts|authenticated|f|t|t|permits_owner",
    "authenticated|web_anon|f|t|t|postgres",
    "authenticator|authenticated|f|f|t|postgres",
    "authenticator|web_anon|f|f|t|permits_owner",
    "authenticator|web_anon|f|f|t|postgres",
    "permits_owner|authenticated|t|f|f|postgres",
    "permits_owner|web_anon|t|f|f|postgres",
    "worker|permits_app|f|t|t|postgres",
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
  const logins = [app, monitor, authenticator, accounts, worker].map((login) => login.user);
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
      WHERE nspname IN ('public', 'metadata', 'accounts', 'inspection') AND relkind IN ('r', 'S')
    UNION ALL SELECT nspname, '', nspowner::regrole, nspacl FROM pg_namespace
      WHERE nspname IN ('public', 'metadata', 'accounts', 'inspection')
    UNION ALL SELECT 'default', defaclobjtype::text, defaclrole::regrole, defaclacl FROM pg_default_acl`;
  const rightsIn = async (name: string) => (await lab.query(name, rights)).sort();
  const before = await rightsIn(database);
  expect(before.join("\n")).toContain("web_anon=r/permits_owner");
  expect(await rightsIn(restored)).toEqual(before);
  expect(await as(authenticator, "SET ROLE web_anon; SELECT count(*) FROM issues", restored)).toEqual({
    succeeded: true,
    output: "2",
  });
  expect(await as(accounts, "SELECT name FROM realm", restored)).toEqual({ succeeded: true, output: "one" });
  expect(await as(worker, "SELECT kind FROM jobs", restored)).toEqual({ succeeded: true, output: "mail" });
});
