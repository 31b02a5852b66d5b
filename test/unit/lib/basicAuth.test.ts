import bcrypt from "bcryptjs";
import { expect, it } from "vitest";
import { bcryptHash } from "../../../lib/basicAuth";

it("is the same for the same password, so that a second update has nothing to change", () => {
  expect(bcryptHash("correct horse")).toBe(bcryptHash("correct horse"));
});

it("is one that only its password fits", () => {
  const hash = bcryptHash("correct horse");
  expect(bcrypt.compareSync("correct horse", hash)).toBe(true);
  expect(bcrypt.compareSync("correct horses", hash)).toBe(false);
  expect(bcryptHash("correct horses").slice(0, 29)).not.toBe(hash.slice(0, 29));
});
