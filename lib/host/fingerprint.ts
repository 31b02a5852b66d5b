import { createHash } from "node:crypto";

/** A public key's fingerprint as clouds name keys by it: MD5, in pairs with colons. Nothing relies on it to be unforgeable. */
export function fingerprint(publicKey: string): string {
  const [, blob = ""] = publicKey.split(" ");
  const digest = createHash("md5").update(Buffer.from(blob, "base64")).digest("hex");
  return digest.match(/../g)?.join(":") ?? "";
}
