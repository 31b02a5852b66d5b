import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { keyFingerprint } from "../../../../lib/backup/repositoryKey";

it("is the beginning of the key's SHA-256, and nothing of the key", () => {
  const key = "abcdefABCDEF0123456789abcdefABCD";
  expect(keyFingerprint(key)).toBe(createHash("sha256").update(key).digest("hex").slice(0, 12));
  expect(key).not.toContain(keyFingerprint(key));
});

it("differs from key to key", () => {
  expect(keyFingerprint("one")).not.toBe(keyFingerprint("other"));
});
