// @ts-check
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { environmentOf, psqlOptions, withoutTimeouts } from "./database.mjs";

/** @typedef {import("./database.mjs").Connection} Connection */

/**
 * Holds a moment of a database that others can look at too, by the id of an exported snapshot, as long as the work lasts.
 * Fails when the server lost it meanwhile.
 * @template Result
 * @param {Connection} connection
 * @param {string} database
 * @param {(snapshot: string) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function inSnapshot(connection, database, work) {
  const session = spawn("psql", psqlOptions, {
    env: { ...process.env, ...environmentOf(connection, database) },
  });
  const ended = once(session, "close");
  let said = "";
  session.stderr.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  // Of a session that has ended: its exit code tells it.
  session.stdin.on("error", () => undefined);
  try {
    session.stdin.write(
      `${withoutTimeouts}BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\nSELECT pg_export_snapshot();\n`,
    );
    const line = once(createInterface({ input: session.stdout }), "line");
    const [snapshot] = await Promise.race([line, ended.then(() => [undefined])]);
    if (typeof snapshot !== "string") throw new Error(`psql on database ${database}: ${said.trim()}`);
    const result = await work(snapshot);
    session.stdin.end("SELECT FROM pg_class LIMIT 0;\nCOMMIT;\n");
    const [code] = await ended;
    if (code !== 0)
      throw new Error(
        `Postgres ended the session that held database ${database} for the dump: ${said.trim()}`,
      );
    return result;
  } finally {
    session.kill();
  }
}
