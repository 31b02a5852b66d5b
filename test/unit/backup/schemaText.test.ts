import { expect, test } from "vitest";
import { identifier, literal, withoutNoise } from "../../../images/backup/database.mjs";

const schema = (version: string, key: string, column = "name text") => `--
-- PostgreSQL database dump
--

\\restrict ${key}

-- Dumped from database version ${version}
-- Dumped by pg_dump version ${version}

SET statement_timeout = 0;
CREATE TABLE public.customers (
    ${column}
);


\\unrestrict ${key}

`;

test("two dumps of the same schema are the same, whatever made them", () => {
  expect(withoutNoise(schema("17.5", "aB3"))).toBe(
    withoutNoise(schema("17.6", "xY9").replaceAll("\n\n", "\n")),
  );
  expect(withoutNoise(schema("17.5", "aB3"))).toBe(
    "SET statement_timeout = 0;\nCREATE TABLE public.customers (\n    name text\n);\n",
  );
});

test("a column more is another schema", () => {
  expect(withoutNoise(schema("17.5", "a"))).not.toBe(withoutNoise(schema("17.5", "a", "name text, age int")));
});

test("names and texts can't end what they are in", () => {
  expect(identifier('a"; DROP')).toBe('"a""; DROP"');
  expect(literal("it's")).toBe("'it''s'");
});
