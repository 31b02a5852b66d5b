/** A name in SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text in SQL. */
export function literal(text: string): string {
  return `'${escaped(text)}'`;
}

/**
 * What stands in a literal. With standard_conforming_strings, the default since 9.1, a backslash is itself.
 */
export function escaped(text: string): string {
  return text.replaceAll("'", "''");
}
