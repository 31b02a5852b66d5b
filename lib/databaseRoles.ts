import type { PostgresSpec } from "../apps/spec";
import {
  type ApplicationRole,
  applicationRoleStatements,
  createRole,
  loginsOf,
  managementOf,
  managementStatements,
  membershipStatements,
  membershipsOf,
  ownSchemaStatements,
  schemaStatements,
} from "./applicationRoles";
import { extensionStatements } from "./databaseExtensions";
import { type Membership, otherMemberships } from "./roleMemberships";
import { escaped, identifier, literal } from "./sql";

/** What a database must have, whatever it has already. */
export interface DatabaseDemand {
  readonly database: string;
  readonly extensions: PostgresSpec["extensions"];
  /** Besides `public`: the owner keeps them, the services use them. */
  readonly schemas?: readonly string[];
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
  /** Whether the owner manages those of the application's roles that can't log in. From Postgres 16 on. */
  readonly ownerManagesRoles?: boolean;
  /** Reads and writes rows; can't change the schema. */
  readonly app: DatabaseRole;
  /** Reads statistics; sees no row. */
  readonly monitor: DatabaseRole;
  /** Reads all rows, and writes the heartbeat by which a backup proves what it has. None where nothing is backed up. */
  readonly backup?: BackupRole | undefined;
  /** Those of the application's own. */
  readonly application?: readonly ApplicationRole[];
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
export function databaseRolesSql(demand: DatabaseDemand): string {
  const { database, extensions, schemas = [], roles, adminPassword } = demand;
  const { owner, app, monitor, backup, application = [] } = roles;
  const db = identifier(database);
  const ownerName = identifier(owner.user);
  const usual = [app, monitor, ...(backup === undefined ? [] : [backup])].map(({ user }) => user);
  const connecting = [...usual, ...loginsOf(application)].map(identifier);
  const management = roles.ownerManagesRoles === true ? managementOf(owner.user, application) : undefined;
  return [
    // Otherwise a statement that fails is logged with the password in it.
    "SET log_min_error_statement = 'panic';",
    "SET log_min_duration_statement = -1;",
    "SET log_statement = 'none';",
    `ALTER ROLE postgres PASSWORD ${literal(adminPassword)};`,
    ...roleStatements(owner, management === undefined ? noAttribute : managerAttributes),
    ...[app, monitor].flatMap((role) => roleStatements(role, noAttribute)),
    ...(backup === undefined ? [] : roleStatements(backup, backupAttributes(backup))),
    ...applicationRoleStatements(application),
    ...(roles.retired ?? []).map(retirement),
    ...(backup?.replication === true ? [] : [dropReplicationSlot]),
    `ALTER ROLE ${ownerName} SET lock_timeout = '${ownerLockTimeout}';`,
    otherMemberships(
      [owner.user, ...usual, ...application.map(({ user }) => user)],
      [...usualMemberships(roles), ...membershipsOf(application)],
      management,
    ),
    `GRANT pg_monitor TO ${identifier(monitor.user)};`,
    ...(backup === undefined ? [] : [`GRANT pg_read_all_data TO ${identifier(backup.user)};`]),
    ...membershipStatements(application),
    ...(management === undefined ? [] : managementStatements(management)),
    `SELECT 'CREATE DATABASE ${escaped(db)} OWNER ${escaped(ownerName)}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = ${literal(database)}) \\gexec`,
    `ALTER DATABASE ${db} OWNER TO ${ownerName};`,
    `REVOKE ALL ON DATABASE ${db} FROM PUBLIC;`,
    `GRANT CONNECT, TEMPORARY ON DATABASE ${db} TO ${connecting.join(", ")};`,
    `\\connect ${db}`,
    ...extensionStatements(extensions, {
      owner: owner.user,
      users: [app, monitor, ...application].map(({ user }) => user),
    }),
    // At once: the services must not lose a privilege for a moment.
    "BEGIN;",
    `ALTER SCHEMA public OWNER TO ${ownerName};`,
    "REVOKE ALL ON SCHEMA public FROM PUBLIC;",
    ...schemas.flatMap((schema) => schemaStatements(schema, owner.user)),
    ...["public", ...schemas.map(identifier)].flatMap((schema) => useStatements(schema, roles)),
    "COMMIT;",
    ...ownSchemaStatements(application),
    ...(backup === undefined ? [] : heartbeatStatements(backup)),
    "",
  ].join("\n");
}

const noAttribute = "NOCREATEROLE NOREPLICATION NOBYPASSRLS";

/** Of a role that may change others, if it has been made their administrator besides. */
const managerAttributes = "CREATEROLE NOREPLICATION NOBYPASSRLS";

function retirement(user: string): string {
  return `SELECT 'ALTER ROLE ${escaped(identifier(user))} NOLOGIN NOREPLICATION NOBYPASSRLS' FROM pg_roles WHERE rolname = ${literal(user)} \\gexec`;
}

/** The server keeps the log for it as long as it is there, and nobody fetches it any more. */
const dropReplicationSlot = `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '${replicationSlot}' AND NOT active;`;

/** With row security a dump would lack rows, so pg_dump refuses to make one. */
function backupAttributes({ replication }: BackupRole): string {
  return `NOCREATEROLE ${replication ? "REPLICATION" : "NOREPLICATION"} BYPASSRLS`;
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
    createRole(user),
    `ALTER ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB ${attributes} PASSWORD ${literal(password)};`,
  ];
}

function usualMemberships({ monitor, backup }: DatabaseRoles): Membership[] {
  return [
    { member: monitor.user, group: "pg_monitor" },
    ...(backup === undefined ? [] : [{ member: backup.user, group: "pg_read_all_data" }]),
  ];
}

const privileges: Readonly<Record<string, string>> = {
  TABLES: "SELECT, INSERT, UPDATE, DELETE",
  SEQUENCES: "USAGE, SELECT, UPDATE",
  FUNCTIONS: "EXECUTE",
};

/** Lets the services use a schema: no less and no more. */
function useStatements(schema: string, { owner, app, monitor }: DatabaseRoles): string[] {
  const [ownerName, appName] = [identifier(owner.user), identifier(app.user)];
  const both = `${appName}, ${identifier(monitor.user)}`;
  return [
    `REVOKE ALL ON SCHEMA ${schema} FROM ${both} CASCADE;`,
    `GRANT USAGE ON SCHEMA ${schema} TO ${both};`,
    ...Object.entries(privileges).flatMap(([kind, granted]) => [
      `REVOKE ALL ON ALL ${kind} IN SCHEMA ${schema} FROM ${both} CASCADE;`,
      `GRANT ${granted} ON ALL ${kind} IN SCHEMA ${schema} TO ${appName};`,
      // On what a later migration creates.
      `ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerName} IN SCHEMA ${schema} GRANT ${granted} ON ${kind} TO ${appName};`,
    ]),
  ];
}
