/** Prints figures for people, in columns, as one message so that a reporter doesn't tear it apart. */
export function printTable(title: string, rows: readonly (readonly (string | number)[])[]): void {
  const text = rows.map((row) => row.map(String));
  const widths = (text[0] ?? []).map((_, column) => Math.max(...text.map((row) => row[column]?.length ?? 0)));
  const lines = text.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  console.log([title, ...lines.map((line) => `  ${line.trimEnd()}`)].join("\n"));
}
