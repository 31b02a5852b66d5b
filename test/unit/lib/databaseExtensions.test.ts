import { describe, expect, it } from "vitest";
import { extensionNames, extensionSchemas, extensionStatements } from "../../../lib/databaseExtensions";

const extensions = [
  "pg_trgm",
  { name: "postgis", schema: "maps" },
  { name: "postgis_topology", schema: "maps" },
  { name: "uuid-ossp", schema: "keys" },
];
const roles = { owner: "shop_owner", users: ["shop_app", "visitor"] };

it("are known by their names, wherever they are", () => {
  expect(extensionNames(extensions)).toEqual(["pg_trgm", "postgis", "postgis_topology", "uuid-ossp"]);
});

it("have each schema once", () => {
  expect(extensionSchemas(extensions)).toEqual(["maps", "keys"]);
  expect(extensionSchemas(["pg_trgm"])).toEqual([]);
});

describe("what makes them", () => {
  it("makes their schemas before, which are the owner's, and which everybody may use", () => {
    expect(extensionStatements(extensions, roles)).toEqual([
      'CREATE SCHEMA IF NOT EXISTS "maps" AUTHORIZATION "shop_owner";',
      'ALTER SCHEMA "maps" OWNER TO "shop_owner";',
      'GRANT USAGE ON SCHEMA "maps" TO "shop_app", "visitor";',
      'CREATE SCHEMA IF NOT EXISTS "keys" AUTHORIZATION "shop_owner";',
      'ALTER SCHEMA "keys" OWNER TO "shop_owner";',
      'GRANT USAGE ON SCHEMA "keys" TO "shop_app", "visitor";',
      'CREATE EXTENSION IF NOT EXISTS "pg_trgm";',
      'CREATE EXTENSION IF NOT EXISTS "postgis" SCHEMA "maps";',
      'CREATE EXTENSION IF NOT EXISTS "postgis_topology" SCHEMA "maps";',
      'CREATE EXTENSION IF NOT EXISTS "uuid-ossp" SCHEMA "keys";',
    ]);
  });

  it("makes no schema for those that need none", () => {
    expect(extensionStatements(["pg_trgm"], roles)).toEqual(['CREATE EXTENSION IF NOT EXISTS "pg_trgm";']);
  });
});
