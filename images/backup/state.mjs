// @ts-check

import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { reasonOf } from "./errors.mjs";

/** Both services replace each other's files, and share a group only. */
const mode = 0o664;

/**
 * What a file of JSON has, undefined when there is none.
 * @template Value
 * @param {string} file
 * @returns {Promise<Value | undefined>}
 */
export async function readJson(file) {
  const text = await readFile(file, "utf8").catch((/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is no JSON: ${reasonOf(error)}. Delete it: the service writes a new one.`);
  }
}

/**
 * Writes a file of JSON at once: who reads it has the old or the new one, also after a loss of power.
 * @param {string} file
 * @param {unknown} value
 * @returns {Promise<void>}
 */
export async function writeJson(file, value) {
  const text = `${JSON.stringify(value, undefined, 2)}\n`;
  const next = `${file}.${randomBytes(6).toString("hex")}.next`;
  try {
    const handle = await open(next, "wx", mode);
    try {
      await handle.writeFile(text);
      // The umask has taken what the mode gave.
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(next, file);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
  const folder = await open(dirname(file));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
