import { isGroup, rawSettings } from "./rawSettings";

/** One entry of `pulumi stack history --json`, as far as it is read here. */
export interface HistoryEntry {
  readonly kind: string;
  readonly result: string;
  readonly startTime: string;
  readonly endTime: string;
  readonly config: Readonly<Record<string, { readonly value?: string; readonly secret: boolean }>>;
}

/** A successful update, with what it configured. */
export interface Release {
  /** Position among all entries, the oldest is 1: the number stays when others are added. */
  readonly number: number;
  /** When it began. */
  readonly time: string;
  /** When it had succeeded. */
  readonly end: string;
  readonly settings: Settings;
  /** Whether it left its migration out: `migrations.skip`. */
  readonly skippedMigration: boolean;
}

/** By key without its project; what is nested is parsed. What {@link ofNow} names is left out. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * Settings that don't go back with a release: a secret that leaked must not return, and what is known of backups and
 * migrations today was not known then.
 */
export const ofNow: readonly string[] = ["secrets", "backups", "migrations"];

/** The successful updates of a history that is newest first, as the command prints it; the newest first too. */
export function releases(history: readonly HistoryEntry[], project: string): Release[] {
  return history.flatMap((entry, index) => {
    if (entry.kind !== "update" || entry.result !== "succeeded") return [];
    return [
      {
        number: history.length - index,
        time: entry.startTime,
        end: entry.endTime,
        settings: settingsOf(entry, project),
        skippedMigration: skipsMigration(plainSettings(entry, project)),
      },
    ];
  });
}

/**
 * What the last update tried to configure, whether it succeeded or not: after a failed one, the release to go back to is
 * the one that still serves.
 */
export function attempted(history: readonly HistoryEntry[], project: string): Settings {
  const last = history.find(({ kind }) => kind === "update");
  return last === undefined ? {} : settingsOf(last, project);
}

/**
 * The release whose migration ran last when an update had ended: its own, or where it left that out, an earlier one's.
 * Undefined when none is known to have run.
 *
 * @param all the successful updates, the newest first.
 * @param migrates the release whose migration an update with these settings runs.
 */
export function migratedTo(
  all: readonly Release[],
  { number }: Release,
  migrates: (settings: Settings) => string,
): string | undefined {
  const ran = all.find((release) => release.number <= number && !release.skippedMigration);
  return ran === undefined ? undefined : migrates(ran.settings);
}

/** Releases whose migration any of the updates, or `now`, says to be backward-compatible. */
export function backwardCompatible(
  history: readonly HistoryEntry[],
  project: string,
  now: Settings,
): ReadonlySet<string> {
  const all = [now, ...history.map((entry) => plainSettings(entry, project))];
  return new Set(
    all.flatMap(({ migrations }) => {
      const marked = isGroup(migrations) ? migrations.backwardCompatible : undefined;
      return Array.isArray(marked) ? marked.map(String) : [];
    }),
  );
}

/**
 * The release to go back to: the one with this number, or the last one with other image pins or another version.
 *
 * @param current what the stack is configured to be now.
 * @throws {RangeError} with the reason when there is none.
 */
export function rollbackTarget(
  all: readonly Release[],
  number?: number,
  current: Settings | undefined = all[0]?.settings,
): Release {
  if (all.length === 0 || current === undefined) {
    throw new RangeError("the stack has no successful update to go back to");
  }
  if (number === undefined) {
    const target = all.find((release) => !same(pinsIn(release.settings), pinsIn(current)));
    if (target !== undefined) return target;
    throw new RangeError("every successful update of the stack had the image pins that it has now");
  }
  const target = all.find((release) => release.number === number);
  const choice = `a successful update of the stack: ${all.map((release) => release.number).join(", ")}`;
  if (target === undefined) throw new RangeError(`--to ${number} is not ${choice}`);
  if (same(target.settings, current)) {
    throw new RangeError(`--to ${number} has the configuration that the stack has now`);
  }
  return target;
}

/** What a release is of. */
export function pinsIn({ version, images }: Settings): Settings {
  return { version, images };
}

/** A setting that differs: its path and both values, undefined where there is none. */
export interface Difference {
  readonly path: readonly string[];
  readonly from: unknown;
  readonly to: unknown;
}

export function differences(from: unknown, to: unknown, path: readonly string[] = []): Difference[] {
  if (same(from, to)) return [];
  if (!isGroup(from) || !isGroup(to)) return [{ path, from, to }];
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return keys.flatMap((key) => differences(from[key], to[key], [...path, key]));
}

function settingsOf(entry: HistoryEntry, project: string): Settings {
  return Object.fromEntries(
    Object.entries(plainSettings(entry, project)).filter(([key]) => !ofNow.includes(key)),
  );
}

function skipsMigration({ migrations }: Settings): boolean {
  return isGroup(migrations) && migrations.skip === true;
}

function plainSettings({ config }: HistoryEntry, project: string): Settings {
  const plain = Object.entries(config).flatMap(([key, { value, secret }]) =>
    secret ? [] : [[key, value] as const],
  );
  return rawSettings(Object.fromEntries(plain), project);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (!isGroup(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
