// @ts-check
import { chmod, chown, lstat, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * The content of a volume is restored beside the old one, in the volume itself, and exchanged when it is whole. The names of
 * the folders say how far that has come, so that one that was killed is undone or completed by the next.
 */

/** In the volume; the names are in the order of time. */
const folders = {
  /** What is restored. */
  fresh: ".slipway-restore-new",
  /** Old entries while they are moved. */
  leaving: ".slipway-restore-leaving",
  /** All old entries, while the new ones are moved. */
  old: ".slipway-restore-old",
  /** All new entries are in place. */
  done: ".slipway-restore-done",
};
const ours = Object.values(folders);

/**
 * @param {string} target Folder of the volume.
 * @param {(folder: string) => Promise<string>} restore Restores into a new folder, and returns the folder in it that has
 *   the volume's content.
 * @returns {Promise<{ entries: number }>} how many are at the top of the volume
 */
export async function replaceContent(target, restore) {
  const at = (/** @type {string} */ name) => join(target, name);
  await recoverContent(target);
  try {
    const content = await restore(at(folders.fresh));
    await mkdir(at(folders.leaving), { mode: 0o700 });
    await moveAll(target, at(folders.leaving));
    await rename(at(folders.leaving), at(folders.old));
    await moveAll(content, target);
    const { uid, gid, mode } = await stat(content);
    await chown(target, uid, gid);
    await chmod(target, mode & 0o7777);
    await rename(at(folders.old), at(folders.done));
  } catch (error) {
    await recoverContent(target);
    throw error;
  }
  await recoverContent(target);
  return { entries: (await readdir(target)).length };
}

/**
 * Brings a volume in order whose restore didn't come to its end: it has the old content, or all of the new one.
 * @param {string} target
 */
export async function recoverContent(target) {
  const at = (/** @type {string} */ name) => join(target, name);
  if (await isThere(at(folders.old))) {
    for (const name of await entriesOf(target)) await rm(at(name), { recursive: true });
    await rename(at(folders.old), at(folders.leaving));
  }
  if (await isThere(at(folders.leaving))) {
    await moveAll(at(folders.leaving), target);
    await rm(at(folders.leaving), { recursive: true });
  }
  for (const name of [folders.done, folders.fresh]) await rm(at(name), { recursive: true, force: true });
}

/**
 * @param {string} from
 * @param {string} to
 */
async function moveAll(from, to) {
  for (const name of await entriesOf(from)) await rename(join(from, name), join(to, name));
}

/** @param {string} folder */
async function entriesOf(folder) {
  return (await readdir(folder)).filter((name) => !ours.includes(name));
}

/** @param {string} path */
export async function isThere(path) {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
