import { expect, it } from "vitest";
import { migrates } from "../../../operations/migrates";
import { shop } from "../fixtures";

const image = { description: "the schema", repository: "ghcr.io/shop/schema" };
const own = {
  ...shop,
  images: { ...shop.images, schema: image, tools: { description: "tools", default: "shop/tools:3" } },
  migration: { image: "schema", user: "1000:1000", usesData: true, resources: { memory: 64, cpus: 1 } },
};

it.each<[string, Parameters<typeof migrates>[1], string]>([
  ["the pin of its service's image", { images: { api: "shop/api:1.2.0" } }, "1.2.0"],
  ["a digest", { images: { api: `shop/api@sha256:${"a".repeat(64)}` } }, "a".repeat(12)],
])("a migration of a service is of the release of %s", (_, settings, release) => {
  expect(migrates(shop, settings)).toBe(release);
});

it.each<[string, Parameters<typeof migrates>[1], string]>([
  ["its own pin", { images: { schema: "shop/schema:2.0", api: "shop/api:1.2.0" }, version: "1.9" }, "2.0"],
  ["the stack's version where it has no pin", { images: { api: "shop/api:1.2.0" }, version: "1.9" }, "1.9"],
])("a migration in an image of its own is of the release of %s", (_, settings, release) => {
  expect(migrates(own, settings)).toBe(release);
});

it("a migration in an image that the stack doesn't pin is of the default's release", () => {
  const { migration } = own;
  expect(migrates({ ...own, migration: { ...migration, image: "tools" } }, { version: "1.9" })).toBe("3");
});
