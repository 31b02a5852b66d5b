import { expect, it } from "vitest";
import { plainIn } from "../../../lib/stackFile";

const key = "slipway:secrets";

it("has what is in a group and isn't encrypted", () => {
  const file = [
    "# a comment",
    "encryptionsalt: v1:salt",
    "config:",
    "  slipway:app: clubhouse",
    "  slipway:secrets:",
    "    plain: a-password",
    "    number: 12345678",
    "    encrypted:",
    "      secure: v1:nonce:ciphertext",
    "  other:secrets:",
    "    foreign: a-password",
  ].join("\n");
  expect(plainIn(file, key)).toEqual({ plain: "a-password", number: 12345678 });
});

it.each([
  "",
  "config:",
  "config: []",
  "config: { slipway:app: clubhouse }",
  "config: { slipway:secrets: text }",
])("has nothing in the file %j", (file) => {
  expect(plainIn(file, key)).toEqual({});
});
