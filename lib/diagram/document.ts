import type { AppSpec } from "../../apps/spec";
import { diagram } from "./diagram";

const [begin, end] = ["<!-- diagram -->", "<!-- /diagram -->"];

/** Where a system is described, from the project's folder. */
export function documentOf({ name }: Pick<AppSpec, "name">): string {
  return `docs/systems/${name}.md`;
}

/**
 * The description of a system with the picture of its spec, between the two lines that say where it goes.
 *
 * @param document as it is; undefined when there is none.
 * @throws {RangeError} for one that has no such lines.
 */
export function withDiagram(document: string | undefined, app: AppSpec): string {
  const picture = `${begin}\n\n\`\`\`mermaid\n${diagram(app)}\n\`\`\`\n\n${end}`;
  if (document === undefined) return `# ${app.name}\n\n${picture}\n`;
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from === -1 || to < from) {
    throw new RangeError(
      `${documentOf(app)} doesn't say where the picture goes: it must have the line ${begin}, and ${end} after it`,
    );
  }
  return `${document.slice(0, from)}${picture}${document.slice(to + end.length)}`;
}
