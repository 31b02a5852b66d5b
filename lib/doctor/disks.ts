import { bytes } from "../backup/choice";
import { type Finding, failed, ok, warning } from "./finding";

export interface FileSystem {
  readonly bytes: number;
  readonly freeBytes: number;
}

/** Percent: as the alert has it. */
const critical = 5;

/** The second line of `df -kP`, which is the same on all systems. */
export function fileSystem(lines: readonly string[]): FileSystem | undefined {
  const [, total, , free] = /\s(\d+)\s+(-?\d+)\s+(-?\d+)\s+\d+%\s/.exec(lines[1] ?? "") ?? [];
  if (total === undefined || free === undefined) return undefined;
  return { bytes: Number(total) * 1024, freeBytes: Math.max(0, Number(free)) * 1024 };
}

/** @param least percent that should be free: `observability.thresholds.disk`. */
export function judgeDisk(
  what: string,
  disk: FileSystem | undefined,
  least: number,
  advice: string,
): Finding {
  if (disk === undefined || disk.bytes === 0) {
    return warning(what, "df printed nothing that can be read", "look at it by hand");
  }
  const percent = Math.round((100 * disk.freeBytes) / disk.bytes);
  const value = `${bytes(disk.freeBytes)} of ${bytes(disk.bytes)} free, ${percent} %`;
  if (percent < Math.min(critical, least)) return failed(what, value, advice);
  if (percent < least) return warning(what, value, advice);
  return ok(what, value);
}
