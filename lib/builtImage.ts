import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Name of an image that is built on the host, of these pins and of the files in the folder: another one after any change
 * of them.
 *
 * @param part what runs in it: `backup`.
 */
export function builtImage(part: string, folder: string, pins: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(pins));
  for (const file of readdirSync(folder).sort()) {
    hash.update(`\0${file}\0`).update(readFileSync(join(folder, file)));
  }
  return `slipway/${part}:${hash.digest("hex").slice(0, 16)}`;
}
