import { expect, it } from "vitest";
import { catalog } from "../../apps/catalog";
import { specProblems } from "../../lib/specProblems";

it.each(Object.entries(catalog))(
  "%s is named as a stack chooses it, and nothing is wrong with its spec",
  (name, app) => {
    expect(app.name).toBe(name);
    expect(specProblems(app)).toEqual([]);
  },
);
