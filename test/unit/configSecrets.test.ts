import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { leastSettings, problems } from "./configured";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("secrets", () => {
  const secrets = { redisPassword: "a-good-password", databaseOwnerPassword: "another-good-one" };

  it("must be encrypted", () => {
    expect(problems({ ...leastSettings, secrets }, [])).toEqual([
      "slipway:secrets.redisPassword is stored as plain text: encrypt it (pulumi config set --secret --path 'secrets.redisPassword')",
      "slipway:secrets.databaseOwnerPassword is stored as plain text: encrypt it (pulumi config set --secret --path 'secrets.databaseOwnerPassword')",
    ]);
    expect(problems({ ...leastSettings, secrets })).toEqual([]);
  });

  describe("beside an encrypted one, for which Pulumi calls the whole group encrypted,", () => {
    const encryptedOwner = "databaseOwnerPassword: { secure: v1:nonce:ciphertext }";
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "slipway-config-"));
    });
    afterEach(() => {
      rmSync(folder, { recursive: true });
    });

    function found(file: string, name = "Pulumi.test.yaml") {
      writeFileSync(join(folder, name), file);
      return problems({ ...leastSettings, secrets }, ["secrets"], folder);
    }

    it("must be encrypted too", () => {
      const plain = "redisPassword: a-good-password";
      const file = `config:\n  slipway:secrets: { ${encryptedOwner}, ${plain} }\n`;
      expect(found(file)).toEqual([
        "slipway:secrets.redisPassword is stored as plain text: encrypt it (pulumi config set --secret --path 'secrets.redisPassword')",
      ]);
      expect(found(file, "Pulumi.other.yaml")).toHaveLength(1);
    });

    it.each([
      ["encrypted too", `{ ${encryptedOwner}, redisPassword: { secure: v1:nonce:ciphertext } }`],
      ["of a file whose value isn't in use", `{ ${encryptedOwner}, redisPassword: another-value }`],
      ["encrypted as a whole", "{ secure: v1:nonce:ciphertext }"],
      ["from elsewhere", `{ ${encryptedOwner} }`],
    ])("are fine when they are %s", (_, group) => {
      expect(found(`config:\n  slipway:secrets: ${group}\n`)).toEqual([]);
    });

    it("are taken to be encrypted where there is no file to tell", () => {
      expect(problems({ ...leastSettings, secrets }, ["secrets"], folder)).toEqual([]);
    });
  });

  it.each([
    ["a bad form", { redisPassword: "canary with spaces" }],
    ["a wrong type", { redisPassword: ["canary"] }],
    ["a bad key", { totpEncryptionKey: "canary" }],
    ["an unknown name", { redisPasswrd: "canary" }],
    ["no group", "canary"],
    ["a list", ["canary"]],
  ])("with %s are not printed", (_, given) => {
    for (const encrypted of [["secrets"], []]) {
      const found = problems({ ...leastSettings, secrets: given }, encrypted);
      expect(found.length).toBeGreaterThan(0);
      expect(found.join("\n")).toContain("slipway:secrets");
      expect(found.join("\n")).not.toContain("canary");
    }
  });

  it("in another place are not quoted from either, when they are encrypted", () => {
    const rules = { QueueTooLong: { expression: "queue canary", summary: "Jobs wait" } };
    const settings = { ...leastSettings, observability: { rules } };
    const found = problems(settings, ["observability"]);
    expect(found).toEqual([
      "slipway:observability.rules.QueueTooLong.expression is [secret]: it must be an expression in PromQL, such as queue_length > 100",
    ]);
  });

  it("in another place are not printed either, when they are encrypted", () => {
    const settings = { ...leastSettings, imageMirror: "https://canary@registry.example.com" };
    const found = problems(settings, ["imageMirror"]);
    expect(found.join("\n")).toContain("slipway:imageMirror");
    expect(found.join("\n")).not.toContain("canary");
  });

  it("have the form that their use needs", () => {
    expect(problems({ ...leastSettings, secrets: { totpEncryptionKey: "short" } })).toEqual([
      "slipway:secrets.totpEncryptionKey is [secret]: it must be 32 bytes in base64, as `openssl rand -base64 32` prints",
    ]);
    expect(problems({ ...leastSettings, secrets: { redisPassword: "short" } })).toEqual([
      "slipway:secrets.redisPassword is [secret]: it must be 8 to 512 printable characters without spaces",
    ]);
    const key = Buffer.alloc(32, 7).toString("base64");
    expect(problems({ ...leastSettings, secrets: { totpEncryptionKey: key } })).toEqual([]);
  });

  it("must have the password of a role on a server that somebody else runs", () => {
    const postgres = { host: "db.example.com", database: "clubhouse", user: "clubhouse" };
    expect(problems({ ...leastSettings, postgres }).join("\n")).toContain(
      "slipway:secrets.databaseAppPassword",
    );
    const given = { databaseAppPassword: "that-of-the-role" };
    expect(problems({ ...leastSettings, postgres, secrets: given })).toEqual([]);
  });
});
