import { expect, it } from "vitest";
import { checkReferences } from "../../../../lib/documentation/references";

const files: Readonly<Record<string, string>> = {
  "lib/shop.ts": "// The shop\nexport const shop = 1;\n",
  "images/Dockerfile": "FROM scratch\nUSER 1000\n",
  "test/unit/shop.test.ts":
    'it("opens \\"early\\"", () => {});\nit.each([1])("sells %i | more", () => {});\n',
  "docs/state.md": "",
};
const check = (...lines: readonly string[]) => {
  const { text, problems } = checkReferences("docs/systems/shop.md", lines.join("\n"), (path) => files[path]);
  return { lines: text.split("\n"), problems };
};

it("writes the line on which a symbol is declared, and the link to it", () => {
  const given =
    "See [`lib/shop.ts:0`](../../lib/shop.ts) `shop` and [`lib/shop.ts:7`](lib/shop.ts#L9) `shop`.";
  const right = "[`lib/shop.ts:2`](../../lib/shop.ts#L2) `shop`";
  expect(check(given)).toEqual({ lines: [`See ${right} and ${right}.`], problems: [] });
  expect(check(`See ${right}.`)).toEqual({ lines: [`See ${right}.`], problems: [] });
});

it("writes the first line with a text, in what isn't TypeScript", () => {
  expect(check("[`images/Dockerfile:0`](../../images/Dockerfile) `USER 1000`").lines).toEqual([
    "[`images/Dockerfile:2`](../../images/Dockerfile#L2) `USER 1000`",
  ]);
});

it.each([
  ["[`lib/gone.ts:1`](../../lib/shop.ts) `shop`", "lib/gone.ts: there is no such file"],
  ["[`lib/shop.ts:1`](../../lib/shop.ts) `close`", "lib/shop.ts: `close` is not declared in it"],
  [
    "[`images/Dockerfile:1`](../../images/Dockerfile) `USER 0`",
    "images/Dockerfile: no line of it has `USER 0`",
  ],
  [
    "[`lib/shop.ts:1`](../../lib/shop.ts)",
    "lib/shop.ts: it has a line, and no symbol after it: [`path:0`](path) `symbol`",
  ],
  ["[the state](../gone.md#here)", "docs/gone.md: there is no such file"],
  ['| `test/unit/gone.test.ts` "opens" |', "test/unit/gone.test.ts: there is no such file"],
  ['| `test/unit/shop.test.ts` "closes" |', 'test/unit/shop.test.ts: no test in it is called "closes"'],
  [
    "| `test/unit/shop.test.ts` |",
    'test/unit/shop.test.ts: it has no title after it: `test/….test.ts` "title"',
  ],
  ["|  |", "cell 1 is empty"],
])("leaves %s as it is, and says what is wrong", (line, problem) => {
  expect(check("# The shop", line)).toEqual({
    lines: ["# The shop", line],
    problems: [`line 2: ${problem}`],
  });
});

it.each([
  "[the state](../state.md#here), [elsewhere](https://example.com/x), [above](#the-shop)",
  '| `test/unit/shop.test.ts` "opens \\"early\\"", `test/unit/shop.test.ts` "sells %i \\| more" |',
  "A file of tests by itself, in a sentence: `test/unit/gone.test.ts`",
])("takes %s", (line) => {
  expect(check(line)).toEqual({ lines: [line], problems: [] });
});

it("leaves code alone", () => {
  const code = ["```md", "[`lib/gone.ts:1`](../../lib/gone.ts) `gone`", "```"];
  expect(check(...code)).toEqual({ lines: code, problems: [] });
});
