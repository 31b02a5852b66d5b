/** Statements of a Mermaid flowchart, one a line. */
export type Statements = readonly string[];

const shapes = {
  process: ["[", "]"],
  store: ["[(", ")]"],
  outside: ["((", "))"],
} as const;

export interface NodeStyle {
  /** @default process */
  readonly shape?: keyof typeof shapes;
  /** Drawn with a dashed border. @default false */
  readonly optional?: boolean;
}

export function node(id: string, lines: readonly string[], style: NodeStyle = {}): string {
  const [open, close] = shapes[style.shape ?? "process"];
  return `${id}${open}${label(lines)}${close}${style.optional === true ? ":::optional" : ""}`;
}

/** An arrow. A dotted one is for what isn't a request: an order, or something that is looked at. */
export function arrow(
  from: string,
  to: string,
  lines: readonly string[] = [],
  { dotted = false }: { readonly dotted?: boolean } = {},
): string {
  const text = lines.length === 0 ? "" : `|${label(lines)}|`;
  return `${from} ${dotted ? "-.->" : "-->"}${text} ${to}`;
}

/** A frame around nodes; nothing where there are none. */
export function frame(id: string, title: string, content: Statements): Statements {
  if (content.length === 0) return [];
  return [`subgraph ${id}[${label([title])}]`, ...indented(content), "end"];
}

export function flowchart(content: Statements): string {
  return ["flowchart LR", ...indented([...content, "classDef optional stroke-dasharray: 4 4"])].join("\n");
}

/** The id of a node: of a kind, so that no name is a word of Mermaid's, as `end` is. */
export function idOf(kind: string, name: string): string {
  return `${kind}_${name.replace(/[^A-Za-z0-9]/g, (sign) => `_${sign.charCodeAt(0).toString(16)}_`)}`;
}

function indented(lines: Statements): Statements {
  return lines.map((line) => `  ${line}`);
}

function label(lines: readonly string[]): string {
  return `"${lines.map(escaped).join("<br/>")}"`;
}

/** Mermaid writes a character as #name;, and takes a text that begins with a backtick for Markdown. */
function escaped(text: string): string {
  return text.replace(/[#&"<>`]/g, (sign) => `#${sign.charCodeAt(0)};`);
}
