export type SqlToken =
  | { readonly kind: "literal"; readonly value: string }
  | { readonly kind: "identifier"; readonly value: string }
  | { readonly kind: "other"; readonly value: string };

/**
 * Reads SQL as Postgres does with standard_conforming_strings: in a literal only the quote is special, and is doubled; in
 * a quoted identifier only the double quote. psql's own commands are words that start with a backslash.
 */
export function sqlTokens(text: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  const token = /'((?:[^']|'')*)'|"((?:[^"]|"")*)"|(\\?[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[^\s'"])|(\s+)/gy;
  while (token.lastIndex < text.length) {
    const start = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw new Error(`a quote is never closed: ${text.slice(start, start + 40)}`);
    const [, literal, identifier, other] = match;
    if (literal !== undefined) tokens.push({ kind: "literal", value: literal.replaceAll("''", "'") });
    if (identifier !== undefined)
      tokens.push({ kind: "identifier", value: identifier.replaceAll('""', '"') });
    if (other !== undefined) tokens.push({ kind: "other", value: other });
  }
  return tokens;
}

/** The tokens, each on its own, with every quoted value as `<literal>` or `<identifier>`. */
export function shapeOf(text: string): string {
  return sqlTokens(text)
    .map(({ kind, value }) => (kind === "other" ? value : `<${kind}>`))
    .join(" ");
}
