// @ts-check
import { link, mkdir, readdir, rm } from "node:fs/promises";
import { spoolOf } from "./walReceiver.mjs";

/** How often the names in the spool may change while they are looked at. */
const attempts = 10;

/**
 * Makes a folder of links to what is in the spool: there a segment keeps its name until it is read, when in the spool it is
 * renamed, as it is full.
 * @param {import("./walReceiver.mjs").WalReceiver} receiver
 * @param {string} server
 * @param {string} repository
 * @returns {Promise<string>}
 */
export async function stage(receiver, server, repository) {
  const folder = `${spoolOf(server)}/shipping-${repository}`;
  await mkdir(folder, { recursive: true });
  for (let attempt = 0; attempt < attempts; attempt++) {
    const files = await receiver.files(server);
    const staged = new Set(await readdir(folder));
    for (const name of staged) {
      // Its inode may be another one.
      if (files.has(name) && !name.endsWith(".partial")) continue;
      await rm(`${folder}/${name}`);
      staged.delete(name);
    }
    try {
      for (const [name, path] of files) if (!staged.has(name)) await link(path, `${folder}/${name}`);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ENOENT") throw error;
      continue;
    }
    const now = await receiver.files(server);
    if ([...now.keys()].sort().join() === [...files.keys()].sort().join()) return folder;
  }
  throw new Error(`${spoolOf(server)}: its files changed all the time`);
}
