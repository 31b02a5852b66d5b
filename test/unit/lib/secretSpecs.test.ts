import { expect, it } from "vitest";
import { secretSpecs, standardSecrets } from "../../../lib/secretSpecs";
import { shop } from "../fixtures";

it("has the standard secrets of every system, all generated passwords", () => {
  const { secrets: _, ...rest } = shop;
  const specs = secretSpecs({ ...rest, secrets: {} });
  expect(Object.keys(specs).sort()).toEqual([
    "bootstrapAdminPassword",
    "databaseAdminPassword",
    "databaseAppPassword",
    "databaseMonitorPassword",
    "databaseOwnerPassword",
    "redisPassword",
  ]);
  for (const spec of Object.values(specs))
    expect(spec).toMatchObject({ origin: "generate", form: "password" });
});

it("adds those of the application", () => {
  expect(secretSpecs(shop)).toEqual({ ...standardSecrets, ...shop.secrets });
});
