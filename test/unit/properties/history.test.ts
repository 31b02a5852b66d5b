import fc from "fast-check";
import { expect, it } from "vitest";
import { type Difference, differences } from "../../../lib/history";

const key = fc.stringMatching(/^[a-c]{1,2}$/);
const leaf = fc.oneof(
  fc.integer({ max: 3 }),
  fc.constantFrom("x", "y", true, null),
  fc.array(fc.nat(2), { maxLength: 2 }),
);
const { group } = fc.letrec<{ group: Record<string, unknown>; value: unknown }>((tie) => ({
  group: fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof({ maxDepth: 3 }, leaf, tie("group")),
}));

/** Writes the differences into settings, as a rollback writes them into the stack's file. */
function applied(settings: Record<string, unknown>, changes: readonly Difference[]): Record<string, unknown> {
  const result = structuredClone(settings);
  for (const { path, to } of changes) {
    const last = path.at(-1) ?? "";
    const place = path
      .slice(0, -1)
      .reduce<Record<string, unknown>>((inner, name) => inner[name] as Record<string, unknown>, result);
    if (to === undefined) delete place[last];
    else place[last] = to;
  }
  return result;
}

it("makes one configuration the other when the differences are applied", () => {
  fc.assert(
    fc.property(group, group, (from, to) => {
      expect(applied(from, differences(from, to))).toEqual(to);
    }),
    { numRuns: 500 },
  );
});

it("finds none between a configuration and itself, in any order of its keys", () => {
  fc.assert(
    fc.property(group, (settings) => {
      const reversed = Object.fromEntries(Object.entries(settings).reverse());
      expect(differences(settings, structuredClone(settings))).toEqual([]);
      expect(differences(settings, reversed)).toEqual([]);
    }),
  );
});

it("finds the same places in both directions", () => {
  fc.assert(
    fc.property(group, group, (from, to) => {
      const back = differences(to, from).map(({ path, from: a, to: b }) => ({ path, from: b, to: a }));
      expect(differences(from, to)).toEqual(back);
    }),
  );
});
