// @ts-check
import { readdir, rename, stat, writeFile } from "node:fs/promises";
import { query } from "./database.mjs";
import { paths } from "./paths.mjs";
import { run } from "./process.mjs";
import { requireSpace } from "./temporaryServer.mjs";
import { recoverySources } from "./walHistory.mjs";
import { isSegment, wholeName, withoutGap } from "./walSegments.mjs";

/** @typedef {import("./restic.mjs").Repository} Repository */
/** @typedef {import("./temporaryServer.mjs").TemporaryServer} TemporaryServer */

/** What Postgres says when the log has no change after the moment: it can't know then that it has all before it. */
const logEnded = "recovery ended before configured recovery target was reached";

/**
 * Brings the server back in a throw-away one from its base backup and write-ahead log: as it was at a moment, or as far as
 * the log goes. It is started then.
 * @param {TemporaryServer} server
 * @param {Repository} repository
 * @param {(line: string) => void} log
 * @param {Date} [time]
 * @returns {Promise<string | undefined>} when the last change was committed that it has, ISO 8601
 */
export async function recoverServer(server, repository, log, time) {
  const bases = await repository.snapshots({ kind: "base" });
  const logs = await repository.snapshots({ kind: "wal" });
  const { base, log: wal } = recoverySources(bases, logs, time);
  await requireSpace(paths.work, base.bytes + wal.bytes, "The base backup with its write-ahead log");
  log(`restores the base backup of ${base.finishedAt}`);
  await repository.dumpInto(base.id, "/base.tar", "tar", ["-x", "-C", server.data], {});
  // The log isn't part of it.
  await run("pg_verifybackup", ["--no-parse-wal", "--quiet", server.data]);
  const gapAfter = await restoreLog(server, repository, wal, base.tags.wal ?? "");
  await writeFile(`${server.data}/recovery.signal`, "");

  const settings = { restore_command: `cp "${server.scratch}/%f" "%p"`, hot_standby: "off" };
  log(time === undefined ? "recovers up to the end of the log" : `recovers up to ${time.toISOString()}`);
  try {
    await server.start({
      ...settings,
      ...(time === undefined
        ? {}
        : { recovery_target_time: postgresTime(time), recovery_target_action: "promote" }),
    });
  } catch (error) {
    if (!server.log.includes(logEnded)) throw error;
    if (gapAfter !== undefined)
      throw new Error(
        `${time?.toISOString()} can't be recovered: after the segment ${gapAfter} the write-ahead log has a gap until the base backup that followed`,
      );
    await server.start(settings);
  }
  const [last] = await query(
    server.connection,
    "postgres",
    `SELECT to_char(pg_last_xact_replay_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');`,
  );
  return last;
}

/**
 * Puts the segments where recovery takes them from.
 * @param {TemporaryServer} server
 * @param {Repository} repository
 * @param {import("./restic.mjs").Snapshot} snapshot
 * @param {string} first
 * @returns {Promise<string | undefined>} the segment after which there is a gap
 */
async function restoreLog({ scratch }, repository, snapshot, first) {
  // The snapshot is of one folder.
  await repository.restore(`${snapshot.id}:${snapshot.paths[0]}`, scratch);
  const names = await readdir(scratch);
  const some = names.find(isSegment);
  const size = some === undefined ? 0 : (await stat(`${scratch}/${some}`)).size;
  const { usable, gapAfter } = withoutGap(names, first, size);
  if (usable.length === 0)
    throw new Error(
      `the write-ahead log of ${snapshot.time} lacks the segment ${first}, where its base backup begins`,
    );
  for (const name of usable)
    if (wholeName(name) !== name) await rename(`${scratch}/${name}`, `${scratch}/${wholeName(name)}`);
  return gapAfter;
}

/**
 * A setting doesn't take the zone as `Z`.
 * @param {Date} time
 */
function postgresTime(time) {
  return time.toISOString().replace("Z", "+00");
}
