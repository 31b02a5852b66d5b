import { buffer } from "node:stream/consumers";
import { extract, type Header, pack } from "tar-stream";
import { loadExeca } from "../../../lib/execa";
import { docker } from "../harness/engine";

/** @param image any that has a shell. */
export async function emptyVolume(volume: string, image: string): Promise<void> {
  await inShell(image, [`${volume}:/volume`], "find /volume -mindepth 1 -delete");
}

/** Copies all with owners and modes. The other volume is made when it isn't there. */
export async function copyVolume(from: string, to: string, image: string): Promise<void> {
  await inShell(image, [`${from}:/from:ro`, `${to}:/to`], "cp -a /from/. /to/");
}

const keepAll = ["--xattrs", "--xattrs-include=*"];

/** Puts entries into a volume with all that they are given. Extended attributes are named as in an archive: `SCHILY.xattr.user.x`. */
export async function fillVolume(
  volume: string,
  image: string,
  entries: readonly FilledEntry[],
): Promise<void> {
  const archive = pack();
  for (const { content = "", ...headers } of entries) archive.entry(headers, content);
  archive.finalize();
  await inTar(image, [`${volume}:/volume`], ["-x", "-p", ...keepAll], await buffer(archive));
}

export type FilledEntry = Partial<Header> & Pick<Header, "name"> & { readonly content?: string };

/** All that is in a volume, in the order of its names, and the volume's own folder, with what an archive can tell of it. */
export async function volumeEntries(volume: string, image: string): Promise<unknown[]> {
  const options = ["-c", "--sort=name", "--format=posix", ...keepAll, "."];
  const archive = extract();
  archive.end(await inTar(image, [`${volume}:/volume:ro`], options));
  const entries: unknown[] = [];
  for await (const entry of archive) {
    const { name, type, mode, uid, gid, linkname, mtime, pax } = entry.header;
    const { atime, ctime, mtime: _, ...attributes } = (pax ?? {}) as Readonly<Record<string, string>>;
    const content = (await buffer(entry)).toString();
    const always = { name, type, mode, uid, gid, linkname, ...attributes };
    // Of the volume's own folder the time is when anything in it was last moved.
    entries.push(name === "./" ? always : { ...always, mtime, content });
  }
  return entries;
}

async function inTar(
  image: string,
  volumes: readonly string[],
  options: readonly string[],
  input?: Buffer,
): Promise<Buffer> {
  const { execa } = await loadExeca();
  const mounts = volumes.flatMap((volume) => ["--volume", volume]);
  const run = ["container", "run", "--rm", "--interactive", "--user", "0:0", "--network", "none", ...mounts];
  const { stdout } = await execa(
    "docker",
    [...run, "--entrypoint", "tar", image, "-C", "/volume", ...options],
    {
      encoding: "buffer",
      ...(input === undefined ? { stdin: "ignore" } : { input }),
    },
  );
  return Buffer.from(stdout);
}

async function inShell(image: string, volumes: readonly string[], script: string): Promise<void> {
  const mounts = volumes.flatMap((volume) => ["--volume", volume]);
  const options = ["--rm", "--user", "0:0", "--network", "none", "--entrypoint", "sh"];
  await docker("container", "run", ...options, ...mounts, image, "-c", script);
}
