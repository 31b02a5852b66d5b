import { expect, it } from "vitest";
import { systemRelease } from "../../../lib/systemRelease";
import { pins, shop } from "../fixtures";

it("is the version that the stack sets", () => {
  expect(systemRelease({ app: shop, version: "2.0.0", images: pins })).toBe("2.0.0");
});

it("is the release of what migrates", () => {
  expect(systemRelease({ app: shop, images: pins })).toBe("1.2.0");
});

it("is the release of the first service where nothing migrates", () => {
  const { page } = shop.services;
  if (page === undefined) throw new Error("the shop has no pages");
  expect(systemRelease({ app: { services: { page } }, images: pins })).toBe("1.29.4");
});
