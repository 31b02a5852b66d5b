import { expect, it } from "vitest";
import { migrationImage } from "../../../lib/migrationImage";
import { shop } from "../fixtures";

it("is the image of the service that the migration runs as", () => {
  const migration = { service: "page", command: ["true"] };
  expect(migrationImage({ ...shop, migration })).toBe("page");
});

it("is the migration's own image, where it has one", () => {
  const migration = {
    image: "postgres",
    user: "999:999",
    usesData: true,
    resources: { memory: 64, cpus: 0.25 },
  };
  expect(migrationImage({ ...shop, migration })).toBe("postgres");
});

it("is none of a system without a migration", () => {
  const { migration: _, ...app } = shop;
  expect(migrationImage(app)).toBeUndefined();
});
