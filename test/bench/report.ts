import type { Breakdown, Part } from "./whereItGoes";

/** What was measured, in seconds, one number a round. */
export class Measurements {
  private readonly samples = new Map<string, number[]>();

  add(what: string, seconds: number): void {
    this.samples.set(what, [...(this.samples.get(what) ?? []), seconds]);
    console.log(`  ${seconds.toFixed(2).padStart(7)} s  ${what}`);
  }

  /** The number in the middle, undefined when nothing was measured. */
  median(what: string): number | undefined {
    const sorted = [...(this.samples.get(what) ?? [])].sort((a, b) => a - b);
    return sorted[Math.floor((sorted.length - 1) / 2)];
  }

  /** One line each: least, middle, most. */
  get table(): string[] {
    const lines = [...this.samples].map(([what, samples]) => {
      const [least, middle, most] = [Math.min(...samples), this.median(what) ?? 0, Math.max(...samples)];
      return row(what, least.toFixed(2), middle.toFixed(2), most.toFixed(2));
    });
    return [row("seconds", "min", "median", "max"), ...lines];
  }
}

/** What was measured in relation to something else, beside the project's aim if it has one. */
export interface Aim {
  readonly what: string;
  readonly value: number | undefined;
  /** `x` for a ratio, `s` for seconds. */
  readonly unit: "x" | "s" | "%";
  readonly most?: number;
}

export function aimLines(aims: readonly Aim[]): string[] {
  const lines = aims.map(({ what, value, unit, most }) => {
    const aim = most === undefined ? "-" : `${most} ${unit}`;
    if (value === undefined) return row(what, "-", aim, "not measured");
    const verdict = most === undefined ? "" : value <= most ? "reached" : "missed";
    return row(what, `${value.toFixed(2)} ${unit}`, aim, verdict);
  });
  return [row("aims (by the medians)", "now", "aim", ""), ...lines];
}

const shownPart = 0.05;

/** Where the time of one update went: what follows on each other, and below it what happened in the longest part. */
export function breakdownLines(title: string, { sequence, within }: Breakdown): string[] {
  const line = (indent: string) => (part: Part) =>
    row(`${indent}${part.what}`, part.seconds.toFixed(2), "", "");
  const total = sequence.reduce((sum, part) => sum + part.seconds, 0);
  const shown = within.filter(({ seconds }) => seconds >= shownPart);
  return [
    row(title, "s", "", ""),
    ...sequence.flatMap((part) => [
      line("  ")(part),
      ...(part.what === "resources" ? shown.map(line("    ")) : []),
    ]),
    row("  all of it, traced", total.toFixed(2), "", ""),
  ];
}

function row(...[what, ...cells]: readonly [string, string, string, string]): string {
  return `${what.padEnd(62)}${cells.map((cell) => cell.padStart(13)).join("")}`.trimEnd();
}
