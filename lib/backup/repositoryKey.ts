import { createHash } from "node:crypto";

/** What tells one key from another and nothing of the key itself, which is random: 12 hexadecimal digits. */
export function keyFingerprint(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 12);
}
