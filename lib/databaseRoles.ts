/** What a database must have, whatever it has already. */
export interface DatabaseDemand {
  readonly database: string;
  readonly extensions: readonly string[];
  readonly roles: DatabaseRoles;
  /** Password of the superuser. */
  readonly adminPassword: string;
}

export interface DatabaseRole {
  readonly user: string;
  readonly password: string;
}

/** Three roles, none of which can do another's work. */
export interface DatabaseRoles {
  /** Owns the schema and migrates it. */
  readonly owner: DatabaseRole;
  /** Reads and writes rows; can't change the schema. */
  readonly app: DatabaseRole;
  /** Reads statistics; sees no row. */
  readonly monitor: DatabaseRole;
}

/** A migration that waits for a lock holds up every query behind it, so it gives up soon. */
const ownerLockTimeout = "5s";

/** Statements for psql that bring roles, passwords, the database and its extensions to the demand, run as superuser. */
export function databaseRolesSql({ database, extensions, roles, adminPassword }: DatabaseDemand): string {
  const { owner, app, monitor } = roles;
  const db = identifier(database);
  const ownerName = identifier(owner.user);
  const appName = identifier(app.user);
  const monitorName = identifier(monitor.user);
  return [
    // Otherwise a statement that fails is logged with the password in it.
    "SET log_min_error_statement = 'panic';",
    "SET log_min_duration_statement = -1;",
    "SET log_statement = 'none';",
    `ALTER ROLE postgres PASSWORD ${literal(adminPassword)};`,
    ...[owner, app, monitor].flatMap(roleStatements),
    `ALTER ROLE ${ownerName} SET lock_timeout = '${ownerLockTimeout}';`,
    otherMemberships(roles),
    `GRANT pg_monitor TO ${monitorName};`,
    `SELECT 'CREATE DATABASE ${escaped(db)} OWNER ${escaped(ownerName)}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = ${literal(database)}) \\gexec`,
    `ALTER DATABASE ${db} OWNER TO ${ownerName};`,
    `REVOKE ALL ON DATABASE ${db} FROM PUBLIC;`,
    `GRANT CONNECT, TEMPORARY ON DATABASE ${db} TO ${appName}, ${monitorName};`,
    `\\connect ${db}`,
    ...extensions.map((extension) => `CREATE EXTENSION IF NOT EXISTS ${identifier(extension)};`),
    // At once: the services must not lose a privilege for a moment.
    "BEGIN;",
    `ALTER SCHEMA public OWNER TO ${ownerName};`,
    "REVOKE ALL ON SCHEMA public FROM PUBLIC;",
    `REVOKE ALL ON SCHEMA public FROM ${appName}, ${monitorName} CASCADE;`,
    `GRANT USAGE ON SCHEMA public TO ${appName}, ${monitorName};`,
    ...["TABLES", "SEQUENCES", "FUNCTIONS"].flatMap((kind) => [
      `REVOKE ALL ON ALL ${kind} IN SCHEMA public FROM ${appName}, ${monitorName} CASCADE;`,
      ...grantStatements(kind, ownerName, appName),
    ]),
    "COMMIT;",
    "",
  ].join("\n");
}

function roleStatements({ user, password }: DatabaseRole): string[] {
  const name = identifier(user);
  return [
    `SELECT 'CREATE ROLE ${escaped(name)}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(user)}) \\gexec`,
    `ALTER ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD ${literal(password)};`,
  ];
}

/** Takes the roles out of all others that they were put into by hand. */
function otherMemberships({ owner, app, monitor }: DatabaseRoles): string {
  const members = [owner, app, monitor].map(({ user }) => literal(user)).join(", ");
  return [
    // Whoever granted it must be named: from Postgres 16 on, one grantor can't take back another's.
    "SELECT format('REVOKE %I FROM %I GRANTED BY %I', granted.rolname, member.rolname, grantor.rolname)",
    "FROM pg_auth_members AS membership",
    "JOIN pg_roles AS granted ON granted.oid = membership.roleid",
    "JOIN pg_roles AS member ON member.oid = membership.member",
    "JOIN pg_roles AS grantor ON grantor.oid = membership.grantor",
    `WHERE member.rolname IN (${members})`,
    `AND NOT (member.rolname = ${literal(monitor.user)} AND granted.rolname = 'pg_monitor') \\gexec`,
  ].join(" ");
}

const privileges: Readonly<Record<string, string>> = {
  TABLES: "SELECT, INSERT, UPDATE, DELETE",
  SEQUENCES: "USAGE, SELECT, UPDATE",
  FUNCTIONS: "EXECUTE",
};

/** On what is there, and on what a later migration creates. */
function grantStatements(kind: string, owner: string, app: string): string[] {
  const granted = privileges[kind];
  return [
    `GRANT ${granted} ON ALL ${kind} IN SCHEMA public TO ${app};`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT ${granted} ON ${kind} TO ${app};`,
  ];
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${escaped(text)}'`;
}

/** With standard_conforming_strings, the default since 9.1, a backslash is itself. */
function escaped(text: string): string {
  return text.replaceAll("'", "''");
}
