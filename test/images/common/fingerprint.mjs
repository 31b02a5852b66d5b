import { createHash } from "node:crypto";

/** What tells of a secret whether it is the same, and nothing else: for pages by which a test compares. */
export function fingerprint(secret) {
  return createHash("sha256").update(secret).digest("hex").slice(0, 16);
}
