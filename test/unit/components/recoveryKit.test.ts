import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { z } from "zod";
import { recoveryKit } from "../../../components/backup/recoveryKit";
import { keyFingerprint } from "../../../lib/backup/repositoryKey";
import type { backupSettings } from "../../../lib/backup/settings";
import { givenSecrets, identity } from "../fixtures";
import { record, revealed, secret } from "../mocks";
import { backedUpShop, store } from "../shopConfig";

const key = "value of backupRepositoryKey";

const warned: unknown[] = [];
beforeEach(() => {
  vi.spyOn(pulumi.log, "warn").mockImplementation((message) => {
    warned.push(message);
    return Promise.resolve();
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  warned.length = 0;
});

async function kit(backups: z.input<typeof backupSettings> = {}): Promise<unknown> {
  const { made } = await record(() => recoveryKit(backedUpShop(backups), identity, givenSecrets()));
  return revealed(made);
}

it("is the key, and what the application generated, with where the backups are: all of it secret", async () => {
  expect(await kit({ s3: store })).toEqual(
    secret({
      repositories: { local: "/repository", s3: "s3:https://store.example.com/backups/shop/test" },
      fingerprint: keyFingerprint(key),
      // The licence and the mail server's password are the stack's own, and passwords of roles are set anew.
      secrets: { backupRepositoryKey: key, signingKey: "value of signingKey" },
    }),
  );
});

it("says where the backups are of a stack that keeps none on its machine", async () => {
  expect(await kit({ local: false, s3: { ...store, prefix: "elsewhere" } })).toMatchObject({
    secret: { repositories: { s3: "s3:https://store.example.com/backups/elsewhere" } },
  });
});

describe("the warning that nobody else has the key", () => {
  it("comes until the key has been exported, says how to, and nothing of the key", async () => {
    await kit();
    expect(warned).toEqual([
      "The key of the backups is in the state of this stack alone: without it no backup can be read. Export it with `npm run key -- --stack test --to FILE`, and keep the file elsewhere.",
    ]);
  });

  it("comes again when the key is another one", async () => {
    await kit({ keyExported: keyFingerprint("the key before") });
    expect(warned).toHaveLength(1);
  });

  it("does not come when the key has been exported", async () => {
    await kit({ keyExported: keyFingerprint(key) });
    expect(warned).toEqual([]);
  });
});
