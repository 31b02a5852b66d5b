import type { AppSpec } from "../../apps/spec";
import { extensionSchemas } from "../databaseExtensions";
import { processes } from "../specUses";
import { circles } from "./circles";

const identifier = /^[a-z_][a-z0-9_]{0,62}$/;
const identifierForm = "lower case letters, digits and underscores";
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const volumeName = /^[a-z0-9][a-z0-9-]*$/;
/** Data of ours, which the backups have by these names. */
const backedUpAnyway = ["proxy-data", "object-store"];
/** Where the backups note what they have seen of a database. */
const schemaOfBackups = "slipway";
/** A connection is a process, of which a container has 512. */
const mostConnections = 450;
/** Those that every system has, after the name of its database. */
const usualRoles = ["owner", "app", "monitor", "backup"];

/** Roles, schemas, buckets and volumes that the servers would refuse or mix up. */
export function dataProblems(app: AppSpec): string[] {
  const { database, extensions, roles = {}, schemas = [], connections = 100 } = app.postgres;
  const taken = new Set(["postgres", "public", ...usualRoles.map((role) => `${database}_${role}`)]);
  const memberOf = Object.fromEntries(
    Object.entries(roles).map(([role, { memberOf = [] }]) => [role, memberOf]),
  );
  const own = Object.values(roles).flatMap(({ schema }) => (schema === undefined ? [] : [schema]));
  const ofExtensions = extensionSchemas(extensions);
  const allSchemas = [...schemas, ...own, ...ofExtensions];
  return [
    ...Object.entries({
      "postgres.database": [database],
      "postgres.schemas": [...schemas, ...own],
      "postgres.extensions": ofExtensions,
    }).flatMap(([key, names]) =>
      names
        .filter((name) => !identifier.test(name))
        .map((name) => `${key} has "${name}": it must be ${identifierForm}`),
    ),
    ...Object.keys(roles).flatMap((role) => {
      if (taken.has(role) || role.startsWith("pg_"))
        return [`postgres.roles.${role} has the name of a role that is there anyway: choose another`];
      return identifier.test(role) ? [] : [`postgres.roles.${role} must be ${identifierForm}`];
    }),
    ...Object.entries(roles)
      .filter(([, { bypassRowSecurity }]) => bypassRowSecurity?.trim() === "")
      .map(([role]) => `postgres.roles.${role}.bypassRowSecurity must be the reason for it`),
    ...(app.postgres.ownerManagesRoles === true &&
    Object.values(roles).every(({ secret }) => secret !== undefined)
      ? [
          "postgres.ownerManagesRoles is of no use: it is for the roles without a secret, and postgres.roles has none",
        ]
      : []),
    ...allSchemas
      .filter((schema, index) => schema === "public" || allSchemas.indexOf(schema) < index)
      .map((schema) => `postgres has the schema "${schema}" twice: one role owns it`),
    ...(allSchemas.includes(schemaOfBackups)
      ? [`postgres has the schema "${schemaOfBackups}", which the backups have: choose another`]
      : []),
    ...(Number.isInteger(connections) && connections >= 1 && connections <= mostConnections
      ? []
      : [`postgres.connections is ${connections}: it must be a whole number from 1 to ${mostConnections}`]),
    ...circles(memberOf).map(
      (circle) => `postgres.roles.${circle[0]}.memberOf is circular: ${circle.join(" is a member of ")}`,
    ),
    ...processes(app).flatMap(([key, spec]) => {
      const role = "image" in spec ? spec.databaseRole : undefined;
      if (role === undefined || roles[role] === undefined || roles[role].secret !== undefined) return [];
      return [`${key}.databaseRole is ${role}, which can't log in: it has no postgres.roles.${role}.secret`];
    }),
    ...Object.keys(app.volumes ?? {}).flatMap((volume) => {
      if (backedUpAnyway.includes(volume))
        return [`volumes.${volume} has the name of what the backups have anyway: choose another`];
      return volumeName.test(volume)
        ? []
        : [`volumes.${volume} must be lower case letters, digits and hyphens`];
    }),
    ...(app.objectStore?.buckets ?? [])
      .filter((bucket) => !bucketName.test(bucket))
      .map(
        (bucket) =>
          `objectStore.buckets has "${bucket}": it must be 3 to 63 lower case letters, digits, dots, hyphens`,
      ),
  ];
}
