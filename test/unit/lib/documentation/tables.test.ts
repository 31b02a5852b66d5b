import { expect, it } from "vitest";
import { rowsOf } from "../../../../lib/documentation/tables";

const table = (...rows: readonly string[]) => rowsOf(["| need | where |", "| --- | :-: |", ...rows]);

it("gives the cells of each row and its line", () => {
  expect(table("| a | b |", "|  c\\|d|e |")).toEqual({
    rows: [
      { line: 1, cells: ["need", "where"] },
      { line: 3, cells: ["a", "b"] },
      { line: 4, cells: ["c|d", "e"] },
    ],
    problems: [],
  });
});

it("says which cell is empty", () => {
  expect(table("| a |  |", "|| b |").problems).toEqual([
    "line 3: cell 2 is empty",
    "line 4: cell 1 is empty",
  ]);
});

it("says which row has more or fewer cells than its table", () => {
  const { problems } = table("| a |", "| a | b | c |", "", "| other |", "| --- |", "| one |");
  expect(problems).toEqual([
    "line 3: it has 1 cells, and its table 2",
    "line 4: it has 3 cells, and its table 2",
  ]);
});

it("leaves code alone", () => {
  expect(rowsOf(["```text", "| a |  |", "```", "text"])).toEqual({ rows: [], problems: [] });
});
