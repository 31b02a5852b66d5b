import { createHash } from "node:crypto";
import type { Preparation } from "./preparation";

/** What a machine notes in its marker once this preparation is done. */
export function preparationDigest({ files, script }: Preparation): string {
  return createHash("sha256").update(JSON.stringify({ files, script })).digest("hex");
}
