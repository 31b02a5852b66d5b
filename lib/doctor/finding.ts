export type Verdict = "ok" | "warning" | "failed";

/** What one check says. */
export interface Finding {
  /** What was looked at: `certificate of app`. */
  readonly what: string;
  readonly verdict: Verdict;
  /** What is there, as a person reads it. */
  readonly value: string;
  /** What to do; only where something isn't well. */
  readonly advice?: string;
}

export function ok(what: string, value: string): Finding {
  return { what, verdict: "ok", value };
}

export function warning(what: string, value: string, advice: string): Finding {
  return { what, verdict: "warning", value, advice };
}

export function failed(what: string, value: string, advice: string): Finding {
  return { what, verdict: "failed", value, advice };
}

/** Well, or a warning where the stack is production: what is good enough to try things out isn't there. */
export function unlessProduction(production: boolean, what: string, value: string, advice: string): Finding {
  return production ? warning(what, value, advice) : ok(what, value);
}

/** Only what failed makes the exit code 1: a warning can wait until somebody has time. */
export function exitCodeOf(findings: readonly Finding[]): 0 | 1 {
  return findings.some(({ verdict }) => verdict === "failed") ? 1 : 0;
}

/** A line each, in columns, and one that sums up. */
export function reportLines(findings: readonly Finding[]): string[] {
  const width = Math.max(...findings.map(({ what }) => what.length));
  return [
    ...findings.map(({ what, verdict, value, advice }) =>
      [verdict.padEnd(7), what.padEnd(width), advice === undefined ? value : `${value} → ${advice}`].join(
        "  ",
      ),
    ),
    summary(findings),
  ];
}

function summary(findings: readonly Finding[]): string {
  const count = (wanted: Verdict) => findings.filter(({ verdict }) => verdict === wanted).length;
  const counts = `${count("ok")} ok, ${counted(count("warning"), "warning")}, ${count("failed")} failed`;
  return count("failed") === 0 && count("warning") > 0
    ? `${counts}. Warnings keep the exit code 0.`
    : `${counts}.`;
}

/** `1 warning`, `2 warnings`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
