import type { BackupEntry } from "../../images/backup/contract";

/** Which backup somebody wants. */
export type Choice =
  /** Id, or `latest`. */
  | { readonly from: string }
  /** The one before the migration of that release. */
  | { readonly before: string };

/**
 * The backup that was chosen, of what a repository has.
 *
 * @throws {RangeError} with what there is when it has none like that.
 */
export function chosenBackup(entries: readonly BackupEntry[], choice: Choice): BackupEntry {
  const newestFirst = [...entries].sort((a, b) => Date.parse(b.time) - Date.parse(a.time));
  if (newestFirst.length === 0) throw new RangeError("the repository has no complete backup");
  if ("before" in choice) return beforeRelease(newestFirst, choice.before);
  const { from } = choice;
  const found = from === "latest" ? newestFirst[0] : newestFirst.find(({ run }) => run === from);
  if (found !== undefined) return found;
  throw new RangeError(`--from ${from} is neither latest nor a backup: ${listed(newestFirst)}`);
}

function beforeRelease(newestFirst: readonly BackupEntry[], release: string): BackupEntry {
  const found = newestFirst.find(({ before }) => before === release);
  if (found !== undefined) return found;
  const releases = [...new Set(newestFirst.flatMap(({ before }) => before ?? []))];
  const known =
    releases.length === 0 ? "there is no restore point at all" : `there are ${releases.join(", ")}`;
  throw new RangeError(`--before ${release} is no release that has a restore point: ${known}`);
}

const shown = 10;

function listed(entries: readonly BackupEntry[]): string {
  const runs = entries.slice(0, shown).map(({ run }) => run);
  return entries.length > shown ? `${runs.join(", ")}, … (--list shows all)` : runs.join(", ");
}

/** When the backup began, ISO 8601: it has everything that was written until then. Its id tells. */
export function begun({ run, time }: BackupEntry): string {
  const [, year, month, day, hour, minute, second] = /^(....)(..)(..)T(..)(..)(..)Z$/.exec(run) ?? [];
  return second === undefined ? time : `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}

/** A line each, the newest first: `20261121T020000Z  2026-11-21T02:00:00Z  scheduled`. */
export function backupLines(entries: readonly BackupEntry[]): string[] {
  return [...entries]
    .sort((a, b) => Date.parse(b.time) - Date.parse(a.time))
    .map((entry) => {
      const { run, reason, before } = entry;
      return [run, begun(entry), before === undefined ? reason : `${reason} before ${before}`].join("  ");
    });
}

const units = [
  { name: "day", seconds: 86_400 },
  { name: "hour", seconds: 3_600 },
  { name: "minute", seconds: 60 },
  { name: "second", seconds: 1 },
] as const;

/** How long ago, in its two largest units: `1 day 3 hours`. */
export function age(time: string, now: Date): string {
  let left = Math.max(0, Math.round((now.getTime() - Date.parse(time)) / 1000));
  const parts: string[] = [];
  const first = units.findIndex(({ seconds }) => left >= seconds);
  for (const { name, seconds } of units.slice(first === -1 ? units.length - 1 : first).slice(0, 2)) {
    const count = Math.floor(left / seconds);
    left -= count * seconds;
    if (count > 0 || parts.length === 0) parts.push(`${count} ${name}${count === 1 ? "" : "s"}`);
  }
  return parts.join(" ");
}

/** `3.1 GB`, in powers of ten. */
export function bytes(count: number): string {
  const unit = [
    { name: "GB", size: 1e9 },
    { name: "MB", size: 1e6 },
    { name: "kB", size: 1e3 },
  ].find(({ size }) => count >= size);
  return unit === undefined ? `${count} B` : `${(count / unit.size).toFixed(1)} ${unit.name}`;
}
