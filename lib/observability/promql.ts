import type { LRParser } from "@lezer/lr";

type Node = ReturnType<LRParser["parse"]>["topNode"];

/** Functions besides `*_over_time` that take a range of time, `[5m]`. */
const rangeFunctions = new Set([
  ...["rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear", "changes", "resets"],
  ...["holt_winters", "double_exponential_smoothing"],
]);

const ranges = new Set(["MatrixSelector", "SubqueryExpr"]);
/** What leaves the type of what it is around as it is. */
const wrappers = new Set(["ParenExpr", "OffsetExpr", "StepInvariantExpr", "AnchoredExpr", "SmoothedExpr"]);

/**
 * What keeps a text from being an expression in PromQL that can be alerted, or undefined when nothing does: its syntax,
 * and ranges of time, which Prometheus' parser tells of and a grammar can't. Names of metrics aren't checked: only
 * Prometheus knows which there are.
 */
export function promqlProblem(expression: string): string | undefined {
  // Loaded when there is something to parse: most stacks have no expression of their own.
  const { parser } = require("@prometheus-io/lezer-promql") as typeof import("@prometheus-io/lezer-promql");
  const { topNode } = parser.parse(expression);
  // Types mean nothing in a tree that the parser had to mend.
  return (
    first(topNode, (node) => syntaxProblem(node, expression)) ??
    first(topNode, (node) => typeProblem(node, expression))
  );
}

function first(top: Node, problemOf: (node: Node) => string | undefined): string | undefined {
  let problem: string | undefined;
  top.cursor().iterate(({ node }) => {
    problem ??= problemOf(node);
    return problem === undefined;
  });
  return problem;
}

function syntaxProblem({ type, from }: Node, expression: string): string | undefined {
  if (!type.isError) return undefined;
  const rest = expression.slice(from, from + 20);
  return rest.trim() === ""
    ? "it goes wrong at its end, where something is missing"
    : `it goes wrong at ${JSON.stringify(rest)}, character ${from + 1}`;
}

function typeProblem(node: Node, expression: string): string | undefined {
  const at = `${JSON.stringify(expression.slice(node.from, node.from + 20))}, character ${node.from + 1}`;
  if (node.name === "StringLiteral" && outside(node)?.name === "PromQL") {
    return `it goes wrong at ${at}: a text can't be alerted`;
  }
  if (ranges.has(node.name) && !takesRange(outside(node)?.parent, expression)) {
    return `it goes wrong at ${at}: a range of time is for functions such as rate`;
  }
  if (takesRange(node, expression) && !hasRange(node)) {
    return `it goes wrong at ${at}: the function needs a range of time, such as [5m]`;
  }
  return undefined;
}

/** What the value of a node goes into. */
function outside(node: Node): Node | null {
  let outer = node.parent;
  while (outer !== null && wrappers.has(outer.name)) outer = outer.parent;
  return outer;
}

function takesRange(call: Node | null | undefined, expression: string): boolean {
  const identifier = call?.getChild("FunctionIdentifier");
  if (identifier === undefined || identifier === null) return false;
  const name = expression.slice(identifier.from, identifier.to);
  return rangeFunctions.has(name) || name.endsWith("_over_time");
}

function hasRange(call: Node): boolean {
  const body = call.getChild("FunctionCallBody");
  for (let argument = body?.firstChild ?? null; argument !== null; argument = argument.nextSibling) {
    if (ranges.has(inside(argument).name)) return true;
  }
  return false;
}

function inside(node: Node): Node {
  let inner = node;
  while (wrappers.has(inner.name) && inner.firstChild !== null) inner = inner.firstChild;
  return inner;
}
