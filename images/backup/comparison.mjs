// @ts-check
import { newestHeartbeat, tableRows } from "./database.mjs";

/** Differences that a message names. */
const mostNamed = 10;

/**
 * Compares a restored database with what its dump must have: the rows of every table, and the heartbeat.
 * @param {import("./database.mjs").Connection} connection
 * @param {string} database
 * @param {import("./contract").DatabaseRecord} expected
 * @returns {Promise<{ rows: number, recoveryPoint: string | undefined }>} how many rows, and up to when it has everything
 */
export async function compare(connection, database, expected) {
  const restored = await tableRows(connection, database);
  const differences = differencesOf(expected.tables, restored);
  if (differences.length > 0) {
    const more = differences.length - mostNamed;
    const named = differences.slice(0, mostNamed).join("; ");
    throw new Error(
      `the database ${database} differs: ${named}${more > 0 ? `; and ${more} more tables` : ""}`,
    );
  }
  const recoveryPoint = await newestHeartbeat(connection, database);
  if (expected.heartbeat !== undefined && recoveryPoint !== expected.heartbeat)
    throw new Error(
      `the heartbeat in the database ${database} is ${recoveryPoint ?? "not there"}, and the manifest has ${expected.heartbeat}`,
    );
  return { rows: Object.values(restored).reduce((sum, rows) => sum + rows, 0), recoveryPoint };
}

/**
 * What a restored database has otherwise than the manifest says.
 * @param {Readonly<Record<string, number>>} expected
 * @param {Readonly<Record<string, number>>} restored
 * @returns {string[]}
 */
export function differencesOf(expected, restored) {
  const tables = [...new Set([...Object.keys(expected), ...Object.keys(restored)])].sort();
  const shown = (/** @type {number | undefined} */ rows) =>
    rows === undefined ? "no such table" : `${rows} rows`;
  return tables
    .filter((table) => expected[table] !== restored[table])
    .map((table) => `${table} has ${shown(restored[table])}, the manifest ${shown(expected[table])}`);
}
