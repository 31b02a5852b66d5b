import { expect, it } from "vitest";
import { arrow, flowchart, frame, idOf, node } from "../../../../lib/diagram/flowchart";

it.each([
  ['api["api"]', node("api", ["api"])],
  ['db[("a<br/>b")]', node("db", ["a", "b"], { shape: "store" })],
  ['you(("you"))', node("you", ["you"], { shape: "outside" })],
  ['job["job"]:::optional', node("job", ["job"], { optional: true })],
  ["a --> b", arrow("a", "b")],
  ['a -->|"443<br/>80"| b', arrow("a", "b", ["443", "80"])],
  ['a -.->|"before"| b', arrow("a", "b", ["before"], { dotted: true })],
])("writes %s", (expected, statement) => {
  expect(statement).toBe(expected);
});

it("writes what means something to Mermaid by its number", () => {
  expect(node("a", [`"quoted" <b> #1 & \`code\``])).toBe(
    'a["#34;quoted#34; #60;b#62; #35;1 #38; #96;code#96;"]',
  );
});

it("has an id for any name, and never two names with one", () => {
  const names = ["end", "a-b", "a_b", "a.b", "aB", "a"];
  const ids = names.map((name) => idOf("service", name));
  expect(new Set(ids).size).toBe(names.length);
  for (const id of ids) expect(id).toMatch(/^service_[A-Za-z0-9_]+$/);
});

it("frames what there is", () => {
  expect(frame("data", "network data", [node("a", ["a"])])).toEqual([
    'subgraph data["network data"]',
    '  a["a"]',
    "end",
  ]);
  expect(frame("data", "network data", [])).toEqual([]);
});

it("is a flowchart from left to right that knows what is optional", () => {
  expect(flowchart(["a --> b"])).toBe("flowchart LR\n  a --> b\n  classDef optional stroke-dasharray: 4 4");
});
