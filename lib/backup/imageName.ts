import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Name of the image that is built of these pins and of the files in the folder: another one after any change of them. */
export function imageName(folder: string, pins: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(pins));
  for (const file of readdirSync(folder).sort()) {
    hash.update(`\0${file}\0`).update(readFileSync(join(folder, file)));
  }
  return `slipway/backup:${hash.digest("hex").slice(0, 16)}`;
}
