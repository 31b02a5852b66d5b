// @ts-check
import { readFile } from "node:fs/promises";

/**
 * @typedef {object} Lock
 * @property {string} time ISO 8601, renewed every five minutes.
 * @property {string} hostname
 * @property {number} pid
 */

/** As restic has it: milliseconds after which a lock that isn't renewed is of one that is dead. */
const lifetime = 30 * 60 * 1000;

/**
 * Whether who locked is dead. Of this host it is seen at once: whatever else has its number now isn't restic.
 * @param {Lock} lock
 * @param {string} host
 * @param {number} now Milliseconds since 1970.
 * @returns {Promise<boolean>}
 */
export async function isOver({ time, hostname, pid }, host, now) {
  if (Date.parse(time) < now - lifetime) return true;
  if (hostname !== host) return false;
  const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
  return name.trim() !== "restic";
}
