import fc from "fast-check";
import { expect, it } from "vitest";
import { redacted } from "../../../lib/redaction";

/** What secrets are made of; other things have to be quoted or escaped where they stand. */
const letters = [..."abcdefXYZ0189+/=_.~-"];
const marks = [...letters, ..."!#$%*:,;&@?(){}[]|"];

const secret = (alphabet: readonly string[]) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: 12, maxLength: 60 });
const prefix = fc.stringMatching(/^[A-Z]{1,8}(?:_[A-Z0-9]{1,8})?$/);
const around = fc.constantFrom("", "started ", "2026-11-22T10:00:00Z error ", "(");

function neverAppears(form: (secret: string, name: string) => string, alphabet: readonly string[]): void {
  fc.assert(
    fc.property(secret(alphabet), prefix, around, around, (value, name, before, after) => {
      const shown = redacted(`${before}${form(value, name)} ${after}`);
      expect(shown).not.toContain(value);
      // Nor does most of it.
      expect(shown).not.toContain(value.slice(-10));
      expect(shown).not.toContain(value.slice(0, 10));
    }),
    { numRuns: 500 },
  );
}

it.each<[string, (secret: string, name: string) => string]>([
  ["DATABASE_URL=…", (value) => `DATABASE_URL=${value}`],
  ["…_KEY=…", (value, name) => `${name}_KEY=${value}`],
  ["…_SECRET=…", (value, name) => `${name}_SECRET=${value}`],
  ["…_TOKEN: …", (value, name) => `${name}_TOKEN: ${value}`],
  ["…_PASSWORD=…", (value, name) => `${name}_PASSWORD=${value}`],
  ['…_KEY="…"', (value, name) => `${name}_KEY="${value}"`],
  ["…_SECRET='…'", (value, name) => `${name}_SECRET='${value}'`],
  ["as JSON", (value, name) => JSON.stringify({ level: "info", [`${name}_TOKEN`]: value, a: 1 })],
  ["as JSON in JSON", (value) => JSON.stringify({ msg: JSON.stringify({ password: value }) })],
])("a secret never appears: %s, whatever is in it", (_, form) => {
  neverAppears(form, marks);
});

it.each<[string, (secret: string, name: string) => string]>([
  ["password=…", (value) => `password=${value}`],
  ["…_secret=…", (value, name) => `${name.toLowerCase()}_secret=${value}`],
  ["…_token: …", (value, name) => `${name.toLowerCase()}_token: ${value}`],
  ["Authorization: Bearer …", (value) => `Authorization: Bearer ${value}`],
  ["?token=…", (value) => `GET /a?token=${value}`],
])("a secret never appears: %s, of letters, digits and what base64 has", (_, form) => {
  neverAppears(form, letters);
});

it("the password of a URL never appears", () => {
  const percentEncoded = letters.filter((letter) => letter !== "/");
  neverAppears((value) => `cannot reach postgres://app:${value}@db:5432/app`, percentEncoded);
});
