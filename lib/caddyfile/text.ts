/** One line, or a line that opens a block. */
export type Line = string | readonly [opening: string, body: readonly Line[]];

/** @throws {RangeError} for a text that can't stand in a Caddyfile as what it is. */
export function checked(text: string, form: RegExp, what: string): string {
  if (!form.test(text)) throw new RangeError(`proxy ${what} "${text}" must match ${form.source}`);
  return text;
}

export function render(lines: readonly Line[], depth = 0): string[] {
  const indent = "\t".repeat(depth);
  return lines.flatMap((line) =>
    typeof line === "string"
      ? [indent + line]
      : [`${indent}${line[0]} {`.replace(/^(\t*) \{/, "$1{"), ...render(line[1], depth + 1), `${indent}}`],
  );
}
