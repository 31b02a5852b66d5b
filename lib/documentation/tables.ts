export interface Row {
  /** From 1. */
  readonly line: number;
  /** Without the space around them, and with `\|` as `|`. */
  readonly cells: readonly string[];
}

/** The rows of a Markdown document's tables, headings too, and where they are wrong. */
export function rowsOf(lines: readonly string[]): { readonly rows: Row[]; readonly problems: string[] } {
  const rows: Row[] = [];
  const problems: string[] = [];
  let columns: number | undefined;
  for (const [index, text] of outsideCode(lines)) {
    if (!text.startsWith("|")) {
      columns = undefined;
      continue;
    }
    const cells = cellsOf(text);
    columns ??= cells.length;
    if (cells.every((cell) => /^:?-+:?$/.test(cell))) continue;
    const line = index + 1;
    if (cells.length !== columns) {
      problems.push(`line ${line}: it has ${cells.length} cells, and its table ${columns}`);
    }
    const empty = cells.indexOf("");
    if (empty !== -1) problems.push(`line ${line}: cell ${empty + 1} is empty`);
    rows.push({ line, cells });
  }
  return { rows, problems };
}

/** Each line that isn't in a block of code, with its index. */
export function outsideCode(lines: readonly string[]): [number, string][] {
  let inside = false;
  return [...lines.entries()].filter(([, line]) => {
    const fence = line.trimStart().startsWith("```");
    if (fence) inside = !inside;
    return !inside && !fence;
  });
}

function cellsOf(row: string): string[] {
  return row
    .trim()
    .replace(/^\||(?<!\\)\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}
