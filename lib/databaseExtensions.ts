import type { PostgresSpec } from "../apps/spec";
import { schemaStatements } from "./applicationRoles";
import { identifier } from "./sql";

type Extensions = PostgresSpec["extensions"];

export function extensionNames(extensions: Extensions): string[] {
  return extensions.map((extension) => (typeof extension === "string" ? extension : extension.name));
}

/** Schemas that are there for extensions. */
export function extensionSchemas(extensions: Extensions): string[] {
  return [
    ...new Set(extensions.flatMap((extension) => (typeof extension === "string" ? [] : [extension.schema]))),
  ];
}

/**
 * Makes those that are missing, with their schemas, in the database that it is connected to. What is there stays where it
 * is: tables refer to its types.
 *
 * @param users may use what is in the schemas.
 */
export function extensionStatements(
  extensions: Extensions,
  { owner, users }: { readonly owner: string; readonly users: readonly string[] },
): string[] {
  const all = users.map(identifier).join(", ");
  return [
    ...extensionSchemas(extensions).flatMap((schema) => [
      ...schemaStatements(schema, owner),
      `GRANT USAGE ON SCHEMA ${identifier(schema)} TO ${all};`,
    ]),
    ...extensions.map((extension) =>
      typeof extension === "string"
        ? `CREATE EXTENSION IF NOT EXISTS ${identifier(extension)};`
        : `CREATE EXTENSION IF NOT EXISTS ${identifier(extension.name)} SCHEMA ${identifier(extension.schema)};`,
    ),
  ];
}
