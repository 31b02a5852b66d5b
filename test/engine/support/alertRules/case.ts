/** What Prometheus is given, and which alerts it must make of it. */
export interface AlertCase {
  readonly alert: string;
  /** What is special about it. */
  readonly when: string;
  /** Samples by series, one every 15 s from 0 on, in promtool's notation: `1x40` is 41 times 1, `0+2x40` counts by 2. */
  readonly series: Readonly<Record<string, string>>;
  readonly at: string;
  /** Every alert of this name at that time. None: it must be silent. */
  readonly fires: readonly Firing[];
  /** Between samples and evaluations. @default 15s */
  readonly every?: string;
}

export interface Firing {
  /** Besides the name. */
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
}

export const warning = { severity: "warning" };
export const critical = { severity: "critical" };
