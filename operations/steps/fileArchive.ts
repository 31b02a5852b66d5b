import { dirname } from "node:path/posix";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";

/**
 * Files and the folders that they are in as a tar archive for `docker cp`, readable by their owner alone.
 *
 * @param files content by path, relative to where it will be unpacked.
 * @param owner numeric `uid:gid`.
 */
export async function fileArchive(files: Readonly<Record<string, string>>, owner: string): Promise<Buffer> {
  const [uid = 0, gid = 0] = owner.split(":").map(Number);
  const tar = pack();
  for (const name of foldersOf(Object.keys(files)))
    tar.entry({ name, type: "directory", mode: 0o700, uid, gid });
  for (const [name, content] of Object.entries(files)) tar.entry({ name, mode: 0o400, uid, gid }, content);
  tar.finalize();
  return buffer(tar);
}

/** Those above first, without the one where all of it is unpacked. */
function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) folders.add(folder);
  }
  return [...folders].sort();
}
