import { describe, expect, it } from "vitest";
import { lineOf, parsed, titlesIn } from "../../../../lib/documentation/declarations";

const program = parsed(
  "lib/shop.ts",
  `import { price } from "./price";
export interface ShopSpec {
  /** The name. */
  readonly name: string;
}
export type Currency = "EUR";
export class Shop {
  readonly name = price;
  open(): void {
    const inner = 1;
  }
  private twice(): void {}
}
class Other {
  private twice(): void {}
}
export const shop = {
  services: {
    api: { environment: { worker: 1 } },
    "pay-worker": { egress: [] },
    worker: { egress: ["a"] },
  },
} satisfies object;
export function sell(): void {
  return wrap({ priced: { tax: 1 } });
}
const { left, right: renamed } = pair;
enum Size { small }
`,
);

describe("lineOf", () => {
  it.each([
    ["ShopSpec", 2],
    ["ShopSpec.name", 4],
    ["Currency", 6],
    ["Shop", 7],
    ["Shop.name", 8],
    ["Shop.open", 9],
    ["Shop.open.inner", 10],
    ["Shop.twice", 12],
    ["Other.twice", 15],
    ["shop", 17],
    ["shop.services", 18],
    ["shop.services.pay-worker", 20],
    // Not the variable of another service.
    ["shop.services.worker", 21],
    ["shop.services.worker.egress", 21],
    ["sell", 24],
    ["sell.priced.tax", 25],
    ["left", 27],
    ["renamed", 27],
    ["Size", 28],
    ["open", 9],
    ["priced", 25],
  ])("finds %s on line %i", (symbol, line) => {
    expect(lineOf(program, symbol)).toBe(line);
  });

  it.each(["price", "Sell", "Shop.close", "shop.worker", "EUR"])("says that %s isn't declared", (symbol) => {
    expect(() => lineOf(program, symbol)).toThrow(new RangeError(`\`${symbol}\` is not declared in it`));
  });

  it("asks which one is meant of several", () => {
    expect(() => lineOf(program, "twice")).toThrow(
      new RangeError("`twice` is declared 2 times in it: write the way to one, as `Class.twice`"),
    );
  });
});

describe("titlesIn", () => {
  it("gives the titles of tests and of their groups, in each of their forms", () => {
    const file = parsed(
      "test/shop.test.ts",
      `describe("the shop", () => {
        test("opens", () => {});
        it('is "closed"', () => {});
        test.each([1])("has %i door", () => {});
        it.skipIf(true).each([1])(\`sells \${what} well\`, () => {});
        describe.each\`a\`(\`plain\`, () => {});
        expect("nothing").toBe("else");
      });`,
    );
    expect([...titlesIn(file)].sort()).toEqual(
      ["the shop", "opens", 'is "closed"', "has %i door", `sells \${what} well`, "plain"].sort(),
    );
  });
});
