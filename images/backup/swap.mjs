// @ts-check
import { identifier, literal, query, waitUntilReady } from "./database.mjs";
import { keptName } from "./naming.mjs";
import { allDatabases, maintenance, readyTimeout } from "./restore.mjs";

/** Somebody may connect between the end of the others and the lock: then it begins anew. */
const attempts = 5;

/**
 * Exchanges the database that serves for a restored one, in one transaction: whatever happens, either of them has the name.
 * Sessions on both are ended. Exchanged once more with the one that was kept, all is as before.
 * @param {object} options
 * @param {import("./database.mjs").Connection} options.admin Superuser.
 * @param {string} options.database
 * @param {string} options.restored
 * @param {(line: string) => void} options.log
 * @returns {Promise<{ kept: string }>}
 */
export async function swapDatabase({ admin, database, restored, log }) {
  await waitUntilReady(admin, { timeout: readyTimeout });
  const there = await allDatabases(admin);
  const kept = keptName(database, restored, there);
  if (!there.includes(restored)) throw new Error(`There is no database "${restored}" on the server`);
  const names = [database, restored].map(literal).join(", ");
  // On a new server there is none yet.
  const keep = there.includes(database)
    ? [
        `ALTER DATABASE ${identifier(database)} RENAME TO ${identifier(kept)};`,
        `COMMENT ON DATABASE ${identifier(kept)} IS ${literal(`Served as ${database} until ${new Date().toISOString()}`)};`,
      ]
    : [];
  for (let attempt = 1; ; attempt++) {
    try {
      await query(
        admin,
        maintenance,
        [
          "BEGIN;",
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (${names}) \\g /dev/null`,
          ...keep,
          `ALTER DATABASE ${identifier(restored)} RENAME TO ${identifier(database)};`,
          "COMMIT;",
        ].join("\n"),
      );
      break;
    } catch (error) {
      if (attempt === attempts || !/is being accessed by other users/.test(String(error))) throw error;
      log(`Somebody has connected meanwhile, attempt ${attempt} of ${attempts}`);
    }
  }
  log(`${restored} is ${database} now${keep.length === 0 ? "" : `, and what was it is kept as ${kept}`}`);
  return { kept };
}
