import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { bootstrapHostKey } from "../../../operations/steps/bootstrapHostKey";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-test-"));
  vi.stubEnv("TMPDIR", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

it("makes both halves of a key, without a passphrase or a name, and leaves nothing behind", async () => {
  const { privateKey, publicKey } = await bootstrapHostKey();
  expect(publicKey).toMatch(/^ecdsa-sha2-nistp256 [A-Za-z0-9+/]+=*$/);
  expect(readdirSync(folder)).toEqual([]);
  const file = join(folder, "key");
  await writeFile(file, privateKey, { mode: 0o600 });
  const derived = execFileSync("ssh-keygen", ["-y", "-P", "", "-f", file], { encoding: "utf8" });
  expect(derived.trim()).toBe(publicKey);
});

it("says what is missing", async () => {
  vi.stubEnv("PATH", folder);
  await expect(bootstrapHostKey()).rejects.toThrow("ssh-keygen is missing on this machine");
  expect(readdirSync(folder)).toEqual([]);
});
