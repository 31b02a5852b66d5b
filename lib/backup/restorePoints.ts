import type { BackupEntry } from "../../images/backup/contract";
import { migratedTo, type Release } from "../history";

/** A restore point with the schema that the database had then. */
export interface RestorePoint extends BackupEntry {
  readonly schemaDigest: string;
}

/** What there is to go back to: the restore points since an update, the oldest first. */
export type PointsSince =
  | { readonly found: "points"; readonly points: readonly [BackupEntry, ...BackupEntry[]] }
  /** Nothing can have changed the schema since. */
  | { readonly found: "no migration" }
  /** The one before that update is gone, or was never made. */
  | { readonly found: "none kept"; readonly migration: Release };

/**
 * The restore points that were made after an update, if the one before the first migration since is among them.
 *
 * @param entries what a repository has, in any order.
 * @param all the successful updates, the newest first.
 * @param migrates the release whose migration an update with these settings runs.
 */
export function pointsSince(
  entries: readonly BackupEntry[],
  all: readonly Release[],
  target: Release,
  migrates: (settings: Release["settings"]) => string,
): PointsSince {
  const [first, ...others] = entries
    .filter(({ reason, time }) => reason === "restore-point" && Date.parse(time) > Date.parse(target.end))
    .sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  const schema = migratedTo(all, target, migrates);
  const migration = all
    .filter(({ number }) => number > target.number)
    .reverse()
    .find((release) => migratedTo(all, release, migrates) !== schema);
  // One that failed had a restore point too, and the last of them is never removed.
  if (first === undefined && migration === undefined) return { found: "no migration" };
  if (
    migration !== undefined &&
    (first === undefined || Date.parse(first.time) > Date.parse(migration.end))
  ) {
    return { found: "none kept", migration };
  }
  return first === undefined ? { found: "no migration" } : { found: "points", points: [first, ...others] };
}

/**
 * The restore points whose migration changed the schema such that the release before may not work with it.
 *
 * @param points from the one to go back to, the oldest first.
 * @param now digest of the schema as it is.
 * @param compatible releases whose migration leaves the release before working.
 */
export function breakingMigrations(
  points: readonly RestorePoint[],
  now: string,
  compatible: ReadonlySet<string>,
): RestorePoint[] {
  if (points[0]?.schemaDigest === now) return [];
  return points.filter(({ schemaDigest, before }, index) => {
    const after = points[index + 1]?.schemaDigest ?? now;
    return schemaDigest !== after && (before === undefined || !compatible.has(before));
  });
}
