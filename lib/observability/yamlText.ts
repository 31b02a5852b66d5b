import { stringify } from "yaml";

/** Data as YAML, its keys in the order that they have: the same text for the same data. */
export function yamlText(data: unknown): string {
  // Neither folded lines nor anchors: what people read in a container is what they would write.
  return stringify(data, { lineWidth: 0, aliasDuplicateObjects: false });
}
