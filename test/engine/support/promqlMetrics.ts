import { parser } from "@prometheus-io/lezer-promql";

/** Names of the metrics that an expression reads. */
export function promqlMetrics(expression: string): string[] {
  const names: string[] = [];
  parser.parse(expression).iterate({
    enter({ type, from, to, node }) {
      if (type.name === "Identifier" && node.parent?.name === "VectorSelector")
        names.push(expression.slice(from, to));
    },
  });
  return names;
}
