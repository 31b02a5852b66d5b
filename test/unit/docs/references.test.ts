import { describe, expect, it } from "vitest";
import { systemDocuments } from "../../../operations/documents";

describe.each(systemDocuments())("$path", ({ current, problems }) => {
  it("refers to what there is, and has no empty cell", () => {
    expect(problems).toEqual([]);
  });

  it("has the lines as they are: npm run docs:lines", () => {
    expect(current).toBe(true);
  });
});
