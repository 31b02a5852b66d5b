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

/** Roles, none of which can do another's work. */
export interface DatabaseRoles {
  /** Owns the schema and migrates it. */
  readonly owner: DatabaseRole;
  /** Reads and writes rows; can't change the schema. */
  readonly app: DatabaseRole;
  /** Reads statistics; sees no row. */
  readonly monitor: DatabaseRole;
  /** Reads all rows, and writes the heartbeat by which a backup proves what it has. None where nothing is backed up. */
  readonly backup?: BackupRole | undefined;
  /** Names of roles that have had their work: they keep what they own and can do nothing any more. */
  readonly retired?: readonly string[];
}

export interface BackupRole extends DatabaseRole {
  /** Whether it may read the write-ahead log. */
  readonly replication: boolean;
}

/** By which the backup service fetches the write-ahead log. */
const replicationSlot = "slipway_backup";

/** Where the heartbeat is, out of the way of the application. */
const backupSchema = "slipway";

/** A migration that waits for a lock holds up every query behind it, so it gives up soon. */
const ownerLockTimeout = "5s";

/** Statements for psql that bring roles, passwords, the database and its extensions to the demand, run as superuser. */
export function databaseRolesSql({ database, extensions, roles, adminPassword }: DatabaseDemand): string {
  const { owner, app, monitor, backup } = roles;
  const db = identifier(database);
  const ownerName = identifier(owner.user);
  const appName = identifier(app.user);
  const monitorName = identifier(monitor.user);
  const connecting = [appName, monitorName, ...(backup === undefined ? [] : [identifier(backup.user)])];
  return [
    // Otherwise a statement that fails is logged with the password in it.
    "SET log_min_error_statement = 'panic';",
    "SET log_min_duration_statement = -1;",
    "SET log_statement = 'none';",
    `ALTER ROLE postgres PASSWORD ${literal(adminPassword)};`,
    ...[owner, app, monitor].flatMap((role) => roleStatements(role, noAttribute)),
    ...(backup === undefined ? [] : roleStatements(backup, backupAttributes(backup))),
    ...(roles.retired ?? []).map(retirement),
    ...(backup?.replication === true ? [] : [dropReplicationSlot]),
    `ALTER ROLE ${ownerName} SET lock_timeout = '${ownerLockTimeout}';`,
    otherMemberships(roles),
    `GRANT pg_monitor TO ${monitorName};`,
    ...(backup === undefined ? [] : [`GRANT pg_read_all_data TO ${identifier(backup.user)};`]),
    `SELECT 'CREATE DATABASE ${escaped(db)} OWNER ${escaped(ownerName)}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = ${literal(database)}) \\gexec`,
    `ALTER DATABASE ${db} OWNER TO ${ownerName};`,
    `REVOKE ALL ON DATABASE ${db} FROM PUBLIC;`,
    `GRANT CONNECT, TEMPORARY ON DATABASE ${db} TO ${connecting.join(", ")};`,
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
    ...(backup === undefined ? [] : heartbeatStatements(backup)),
    "",
  ].join("\n");
}

const noAttribute = "NOREPLICATION NOBYPASSRLS";

function retirement(user: string): string {
  return `SELECT 'ALTER ROLE ${escaped(identifier(user))} NOLOGIN NOREPLICATION NOBYPASSRLS' FROM pg_roles WHERE rolname = ${literal(user)} \\gexec`;
}

/** The server keeps the log for it as long as it is there, and nobody fetches it any more. */
const dropReplicationSlot = `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '${replicationSlot}' AND NOT active;`;

/** With row security a dump would lack rows, so pg_dump refuses to make one. */
function backupAttributes({ replication }: BackupRole): string {
  return `${replication ? "REPLICATION" : "NOREPLICATION"} BYPASSRLS`;
}

function heartbeatStatements({ user }: BackupRole): string[] {
  const name = identifier(user);
  return [
    `CREATE SCHEMA IF NOT EXISTS ${backupSchema};`,
    `ALTER SCHEMA ${backupSchema} OWNER TO ${name};`,
    `CREATE TABLE IF NOT EXISTS ${backupSchema}.heartbeat (run text PRIMARY KEY, at timestamptz NOT NULL);`,
    `ALTER TABLE ${backupSchema}.heartbeat OWNER TO ${name};`,
  ];
}

function roleStatements({ user, password }: DatabaseRole, attributes: string): string[] {
  const name = identifier(user);
  return [
    `SELECT 'CREATE ROLE ${escaped(name)}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(user)}) \\gexec`,
    `ALTER ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE ${attributes} PASSWORD ${literal(password)};`,
  ];
}

/** Takes the roles out of all others that they were put into by hand. */
function otherMemberships({ owner, app, monitor, backup }: DatabaseRoles): string {
  const all = [owner, app, monitor, ...(backup === undefined ? [] : [backup])];
  const members = all.map(({ user }) => literal(user)).join(", ");
  const granted = [
    { role: monitor, group: "pg_monitor" },
    ...(backup === undefined ? [] : [{ role: backup, group: "pg_read_all_data" }]),
  ];
  return [
    // Whoever granted it must be named: from Postgres 16 on, one grantor can't take back another's.
    "SELECT format('REVOKE %I FROM %I GRANTED BY %I', granted.rolname, member.rolname, grantor.rolname)",
    "FROM pg_auth_members AS membership",
    "JOIN pg_roles AS granted ON granted.oid = membership.roleid",
    "JOIN pg_roles AS member ON member.oid = membership.member",
    "JOIN pg_roles AS grantor ON grantor.oid = membership.grantor",
    `WHERE member.rolname IN (${members})`,
    ...granted.map(
      ({ role, group }) =>
        `AND NOT (member.rolname = ${literal(role.user)} AND granted.rolname = ${literal(group)})`,
    ),
    "\\gexec",
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
