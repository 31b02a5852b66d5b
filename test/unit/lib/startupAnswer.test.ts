import fc from "fast-check";
import { expect, it } from "vitest";
import { startupProblem } from "../../../lib/startupAnswer";

const expected = { status: "healthy", migrations: "up-to-date" };

it.each([
  ["with what is expected and more", { ...expected, jobs: "operational" }, expected],
  ["with a number and a flag", { workers: 4, ready: true }, { workers: "4", ready: "true" }],
])("takes an answer %s", (_, answer, wanted) => {
  expect(startupProblem(JSON.stringify(answer), wanted)).toBeUndefined();
});

it("takes any answer when nothing is expected of it", () => {
  for (const answer of ["", "OK", "[1]", "null", "{}"]) expect(startupProblem(answer, {})).toBeUndefined();
});

it("names each field that is another or isn't there", () => {
  expect(startupProblem('{"migrations":"pending"}', expected)).toBe(
    'it has no status, expected "healthy", migrations is "pending", expected "up-to-date"',
  );
  expect(startupProblem('{"status":null,"migrations":"up-to-date"}', expected)).toBe(
    'status is null, expected "healthy"',
  );
  // What every object inherits is no field of the answer.
  expect(startupProblem("{}", { constructor: "a" })).toBe('it has no constructor, expected "a"');
});

it.each(["", "OK", "[]", "null", "1", '{"status":'])("says of %j that it is no JSON object", (answer) => {
  expect(startupProblem(answer, expected)).toBe("its answer is no JSON object");
});

it("takes what has all fields, and refuses what lacks or changes any", () => {
  const fields = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string(), { minKeys: 1 });
  fc.assert(
    fc.property(fields, fc.nat(), (all, index) => {
      expect(startupProblem(JSON.stringify(all), all)).toBeUndefined();
      const name = Object.keys(all)[index % Object.keys(all).length] ?? "";
      expect(startupProblem(JSON.stringify({ ...all, [name]: `${all[name]}!` }), all)).toContain(name);
    }),
  );
});
