import { type Membership, membershipStatement, type RoleManagement } from "./roleMemberships";
import { escaped, identifier, literal } from "./sql";

/** A role that the application has besides those of every system. */
export interface ApplicationRole {
  readonly user: string;
  /** A role without one can't log in. */
  readonly password?: string | undefined;
  /** Names of roles whose rights it may take on. */
  readonly memberOf: readonly string[];
  /** Whether it has them without asking for them by SET ROLE. */
  readonly inherit: boolean;
  /** Name of a schema that it owns. */
  readonly schema?: string | undefined;
  /** Whether policies of tables don't hold for it. */
  readonly bypassRowSecurity?: boolean;
}

/** By which a role is known again that the spec has no longer. */
const mark = "A role of the application, made by Slipway";

/** Creates the roles, and shuts out those that were made once and are no longer wanted: they may own something. */
export function applicationRoleStatements(roles: readonly ApplicationRole[]): string[] {
  return [...roles.flatMap(roleStatements), retirement(roles)];
}

function roleStatements({ user, password, inherit, bypassRowSecurity }: ApplicationRole): string[] {
  const name = identifier(user);
  const attributes = [
    password === undefined ? "NOLOGIN" : "LOGIN",
    inherit ? "INHERIT" : "NOINHERIT",
    "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION",
    bypassRowSecurity === true ? "BYPASSRLS" : "NOBYPASSRLS",
    "PASSWORD",
    password === undefined ? "NULL" : literal(password),
  ];
  return [
    createRole(user),
    `ALTER ROLE ${name} ${attributes.join(" ")};`,
    `COMMENT ON ROLE ${name} IS ${literal(mark)};`,
  ];
}

function retirement(roles: readonly ApplicationRole[]): string {
  const wanted = roles.map(({ user }) => ` AND rolname <> ${literal(user)}`).join("");
  return `SELECT format('ALTER ROLE %I NOLOGIN', rolname) FROM pg_roles WHERE shobj_description(oid, 'pg_authid') = ${literal(mark)}${wanted} \\gexec`;
}

/** A statement that creates the role unless it is there, with no right and no password. */
export function createRole(user: string): string {
  return `SELECT 'CREATE ROLE ${escaped(identifier(user))}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(user)}) \\gexec`;
}

export function membershipsOf(roles: readonly ApplicationRole[]): Membership[] {
  return roles.flatMap(({ user, memberOf }) => memberOf.map((group) => ({ member: user, group })));
}

export function membershipStatements(roles: readonly ApplicationRole[]): string[] {
  return roles.flatMap((role) =>
    membershipsOf([role]).map((membership) => membershipStatement(membership, role.inherit)),
  );
}

/** Names of those that connect by themselves. */
export function loginsOf(roles: readonly ApplicationRole[]): string[] {
  return roles.filter(({ password }) => password !== undefined).map(({ user }) => user);
}

/** Not those that connect: who manages a role can become it, and it may own what isn't the manager's. */
export function managementOf(manager: string, roles: readonly ApplicationRole[]): RoleManagement {
  return {
    manager,
    groups: roles.filter(({ password }) => password === undefined).map(({ user }) => user),
    members: roles.map(({ user }) => user),
  };
}

/** Without their rights, which to have is another matter. */
export function managementStatements({ manager, groups }: RoleManagement): string[] {
  return groups.map(
    (group) =>
      `GRANT ${identifier(group)} TO ${identifier(manager)} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;`,
  );
}

/** Gives the roles their schemas. Connected to the database. */
export function ownSchemaStatements(roles: readonly ApplicationRole[]): string[] {
  return roles.flatMap(({ user, schema }) => (schema === undefined ? [] : schemaStatements(schema, user)));
}

export function schemaStatements(schema: string, owner: string): string[] {
  const [name, user] = [identifier(schema), identifier(owner)];
  return [
    `CREATE SCHEMA IF NOT EXISTS ${name} AUTHORIZATION ${user};`,
    `ALTER SCHEMA ${name} OWNER TO ${user};`,
  ];
}
