import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SizingSpec } from "../../../apps/spec";
import { sizeOf, sizesOf } from "../../../lib/sizing";
import { market } from "../market";

const sizing = market.services.mailer?.sizing as SizingSpec;

describe("the size of a service", () => {
  it.each([
    [1, { workers: 1, memory: 350, cpus: 0.25, connections: 3 }],
    [4, { workers: 4, memory: 800, cpus: 1, connections: 6 }],
    [8, { workers: 8, memory: 1400, cpus: 2, connections: 10 }],
  ])("is what the formula says of %i workers", (workers, size) => {
    expect(sizeOf(sizing, { workers })).toEqual(size);
  });

  it("is a tier as it is", () => {
    expect(sizeOf(sizing, { tier: "large" })).toBe(sizing.tiers.large);
  });

  it("is the usual tier where nothing is set", () => {
    expect(sizeOf(sizing)).toBe(sizing.tiers.small);
  });

  it.each(["huge", "constructor"])("is none for the tier %s, which there isn't", (tier) => {
    expect(() => sizeOf(sizing, { tier })).toThrow(
      new RangeError(`tier "${tier}" is not one of small, large`),
    );
  });

  it("grows with the workers and is whole MiB and connections", () => {
    const amount = fc.double({ min: 0.01, max: 1000, noNaN: true });
    const formula = fc.record({
      memory: fc.record({ base: amount, perWorker: amount }),
      cpus: fc.record({ perWorker: amount }),
      connections: fc.record({ base: amount, perWorker: amount }),
    });
    fc.assert(
      fc.property(formula, fc.integer({ min: 1, max: 999 }), (made, workers) => {
        const [one, more] = [workers, workers + 1].map((count) =>
          sizeOf({ ...sizing, formula: made }, { workers: count }),
        );
        for (const key of ["memory", "cpus", "connections"] as const) {
          expect(more?.[key]).toBeGreaterThanOrEqual(one?.[key] ?? Number.NaN);
        }
        expect(Number.isInteger(one?.memory) && Number.isInteger(one?.connections)).toBe(true);
      }),
    );
  });
});

it("is known of every service that has one", () => {
  expect(sizesOf(market, { mailer: { workers: 1 } })).toEqual({
    mailer: { workers: 1, memory: 350, cpus: 0.25, connections: 3 },
  });
  expect(sizesOf(market, {})).toEqual({ mailer: sizing.tiers.small });
});
