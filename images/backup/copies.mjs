// @ts-check
import { forgetIncomplete } from "./retention.mjs";

/** @typedef {import("./restic.mjs").Repository} Repository */

/**
 * Copies the backups that a repository hasn't yet, the oldest first, each with what completes it last. Older ones than the
 * newest that it has are those that its own retention has removed.
 * @param {Repository} source
 * @param {Repository} target
 * @param {(line: string) => void} log
 */
export async function copyMissing(source, target, log) {
  const complete = await source.snapshots({ kind: "files" });
  if (!target.settings.appendOnly)
    await forgetIncomplete(target, new Set(complete.map(({ tags }) => tags.run ?? "")));
  const newest = (await target.snapshots({ kind: "files" })).at(-1)?.tags.run ?? "";
  for (const files of complete) {
    const { run = "" } = files.tags;
    // Ids of runs are in the order of time.
    if (run <= newest) continue;
    log(`Copies the backup ${run} to the repository ${target.name}`);
    const dumps = await source.snapshots({ kind: "database", run });
    await target.copyFrom(
      source,
      dumps.map(({ id }) => id),
    );
    await target.copyFrom(source, [files.id]);
  }
}
