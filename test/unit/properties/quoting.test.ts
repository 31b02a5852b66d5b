import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extensionNames, extensionSchemas } from "../../../lib/databaseExtensions";
import { type DatabaseDemand, databaseRolesSql } from "../../../lib/databaseRoles";
import { redisConfiguration } from "../../../lib/redisConfiguration";
import { shapeOf, sqlTokens } from "../sqlTokens";
import { nasty } from "./arbitraries";

/** Postgres takes no text with a zero byte, whatever it is quoted with. */
const text = fc
  .oneof(
    nasty,
    fc.string(),
    fc.constantFrom(
      "'",
      '"',
      "''",
      "\\'",
      "\\",
      "'; DROP ROLE postgres; --",
      '"; --',
      "$$",
      "\\gexec",
      "/*",
      "E'",
    ),
  )
  .map((any) => any.replaceAll("\0", ""));
const role = fc.record({ user: text, password: text });

const login = fc.record({
  user: text,
  password: text,
  memberOf: fc.tuple(text),
  inherit: fc.constant(false),
  schema: text,
  bypassRowSecurity: fc.constant(true),
});
const group = fc.record({ user: text, memberOf: fc.constant([]), inherit: fc.constant(true) });

function demandOf(count: number): fc.Arbitrary<DatabaseDemand> {
  return fc.record({
    database: text,
    extensions: fc
      .tuple(fc.array(text, { minLength: count, maxLength: count }), fc.record({ name: text, schema: text }))
      .map(([plain, own]) => [...plain, own]),
    schemas: fc.tuple(text),
    roles: fc.record({
      owner: role,
      app: role,
      monitor: role,
      ownerManagesRoles: fc.constant(true),
      application: fc.tuple(login, group),
      retired: fc.tuple(text),
    }),
    adminPassword: text,
  });
}

const demand = fc.nat(2).chain(demandOf);

const harmless = (extensions: number): DatabaseDemand => {
  const one = { user: "user", password: "password" };
  return {
    database: "database",
    extensions: [...Array(extensions - 1).fill("extension"), { name: "extension", schema: "schema" }],
    schemas: ["schema"],
    roles: {
      owner: one,
      app: one,
      monitor: one,
      ownerManagesRoles: true,
      application: [
        { ...one, memberOf: ["group"], inherit: false, schema: "schema", bypassRowSecurity: true },
        { user: "group", memberOf: [], inherit: true },
      ],
      retired: ["user"],
    },
    adminPassword: "password",
  };
};

/** Line ends outside of quotes end psql's own commands, so they are a part of the shape. */
function commandsOf(sql: string): number {
  return sqlTokens(sql).filter(({ kind, value }) => kind === "other" && value.startsWith("\\")).length;
}

describe("the database's statements", () => {
  it("are the same ones, whatever the names and passwords are", () => {
    fc.assert(
      fc.property(demand, (given) => {
        const sql = databaseRolesSql(given);
        const usual = databaseRolesSql(harmless(given.extensions.length));
        expect(shapeOf(sql)).toBe(shapeOf(usual));
        expect(commandsOf(sql)).toBe(commandsOf(usual));
      }),
      { numRuns: 500 },
    );
  });

  it("have each password as one literal, and each name as one identifier", () => {
    fc.assert(
      fc.property(demand, (given) => {
        const tokens = sqlTokens(databaseRolesSql(given));
        const of = (kind: string) => tokens.filter((token) => token.kind === kind).map(({ value }) => value);
        const { owner, app, monitor, application = [] } = given.roles;
        const roles = [owner, app, monitor, ...application];
        const passwords = [
          given.adminPassword,
          ...roles.map(({ password }) => password ?? given.adminPassword),
        ];
        expect(of("literal")).toEqual(expect.arrayContaining(passwords));
        const names = [
          ...[given.database, ...extensionNames(given.extensions), ...(given.schemas ?? [])],
          ...extensionSchemas(given.extensions),
          ...[...roles.map(({ user }) => user), application[0]?.schema],
        ];
        expect(of("identifier")).toEqual(expect.arrayContaining(names));
      }),
      { numRuns: 500 },
    );
  });

  it("have in the literals that psql runs as statements the same names again", () => {
    fc.assert(
      fc.property(demand, (given) => {
        const literals = sqlTokens(databaseRolesSql(given)).filter(({ kind }) => kind === "literal");
        const run = literals.map(({ value }) => value).filter((value) => /^(CREATE|ALTER) /.test(value));
        const { owner, app, monitor, application = [], retired } = given.roles;
        const identifiers = run
          .map((statement) => sqlTokens(statement))
          .map((tokens) => tokens.filter(({ kind }) => kind === "identifier").map(({ value }) => value));
        expect(identifiers).toEqual(
          expect.arrayContaining([
            ...[[owner.user], [app.user], [monitor.user], ...application.map(({ user }) => [user]), retired],
            [given.database, owner.user],
          ]),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe("the password of Redis", () => {
  /** As Redis reads a quoted word. */
  const read = (line: string) =>
    /^requirepass "((?:[^"\\]|\\.)*)"$/.exec(line)?.[1]?.replace(/\\(.)/g, (_, escaped: string) => escaped);

  it("comes back as it is, and ends where it must", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\x21-\x7e]{8,60}$/), (password) => {
        const lines = redisConfiguration({ password, eviction: "noeviction", memory: 64 }).split("\n");
        expect(lines).toHaveLength(10);
        expect(read(lines[3] ?? "")).toBe(password);
      }),
      { numRuns: 500 },
    );
  });
});
