/**
 * What keeps a text from being an expression in PromQL, or undefined when nothing does. Names of metrics aren't checked:
 * only Prometheus knows which there are.
 */
export function promqlProblem(expression: string): string | undefined {
  // Loaded when there is something to parse: most stacks have no expression of their own.
  const { parser } = require("@prometheus-io/lezer-promql") as typeof import("@prometheus-io/lezer-promql");
  let problem: string | undefined;
  parser.parse(expression).iterate({
    enter({ type, from }) {
      if (type.isError)
        problem ??= `it goes wrong at "${expression.slice(from, from + 20)}", character ${from + 1}`;
    },
  });
  return problem;
}
