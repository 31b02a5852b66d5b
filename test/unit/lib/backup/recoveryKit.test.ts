import { expect, it } from "vitest";
import { recoveryKitSecrets, recoveryKitText } from "../../../../lib/backup/recoveryKit";

const kit = {
  repositories: { local: "/repository", s3: "s3:https://nyc3.example.com/bucket/shop" },
  fingerprint: "012345678901",
  secrets: { backupRepositoryKey: "0123", signingKey: "a b: #c'\"=", long: "x".repeat(300) },
};

it("reads the secrets that it wrote, and says what they are for", () => {
  const text = recoveryKitText("shop", "production", kit);
  expect(text).toMatch(/^# Recovery kit of stack production of shop: /);
  expect(text).toContain("# On a bare machine: npm run key -- --stack production --from");
  expect(text).toContain("\nsystem: shop\nstack: production\nrepositories:\n  local: /repository\n");
  expect(recoveryKitSecrets(text)).toEqual(kit.secrets);
});

it.each([
  ["", "it has no `secrets`"],
  ["a: [canary", "it is not YAML"],
  ["secrets: canary", "it has no `secrets`"],
  ["secrets: {signingKey: canary}", "its `secrets` have no backupRepositoryKey"],
  ["secrets: {backupRepositoryKey: 7}", "secrets.backupRepositoryKey is not"],
  ["secrets: {backupRepositoryKey: canary, 'a.b': canary}", "secrets.a.b is not"],
])("refuses %j without telling what is in it", (text, message) => {
  expect(() => recoveryKitSecrets(text)).toThrow(RangeError);
  expect(() => recoveryKitSecrets(text)).toThrow(message);
  expect(() => recoveryKitSecrets(text)).not.toThrow("canary");
});
