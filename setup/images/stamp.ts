import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

/** Label with the hash of everything that an image was built from: the image is up to date while it is the same. */
export const stampLabel = "slipway.stamp";

/** Hash of values and of folders with all their files. */
export async function stampOf(values: readonly unknown[], folders: readonly string[] = []): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(values));
  for (const folder of folders) {
    for (const file of await filesIn(folder)) {
      hash.update(`\0${relative(folder, file)}\0`).update(await readFile(file));
    }
  }
  return hash.digest("hex").slice(0, 16);
}

/** What isn't source: it is made again in the build context. */
const made = new Set(["node_modules", "dist", ".test-build"]);

/** Whether a file or folder of this name belongs to the source. */
export function isSource(name: string): boolean {
  return !made.has(name);
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => isSource(entry.name))
      .map((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? filesIn(path) : [path];
      }),
  );
  return files.flat().sort();
}
