import type { Observed } from "../observed";
import type { RecordingRule, RuleGroup } from "../rules";
import { type Alert, alertRule, value } from "./alert";
import { appRequests } from "./requests";

/** An alert on how fast the errors that 30 days allow are used up: both windows must agree, so that it ends soon after. */
interface BurnRate extends Pick<Alert, "name" | "severity" | "for"> {
  /** Times as fast as would use up the budget in just 30 days. */
  readonly factor: number;
  readonly long: Window;
  readonly short: Window;
  /** When nothing is left, at that pace. */
  readonly left: string;
}

type Window = "5m" | "30m" | "1h" | "2h" | "6h" | "1d" | "3d";

/** Factors and windows are those of Google's SRE workbook. */
const burnRates: readonly BurnRate[] = [
  {
    name: "ErrorBudgetGoneInTwoDays",
    severity: "critical",
    factor: 14.4,
    long: "1h",
    short: "5m",
    for: "2m",
    left: "2 days",
  },
  {
    name: "ErrorBudgetGoneInFiveDays",
    severity: "critical",
    factor: 6,
    long: "6h",
    short: "30m",
    for: "5m",
    left: "5 days",
  },
  {
    name: "ErrorBudgetGoneInTenDays",
    severity: "warning",
    factor: 3,
    long: "1d",
    short: "2h",
    for: "30m",
    left: "10 days",
  },
  {
    name: "ErrorBudgetGoneInThirtyDays",
    severity: "warning",
    factor: 1,
    long: "3d",
    short: "6h",
    for: "1h",
    left: "30 days",
  },
];

/** Long windows move slowly, and cost more. */
const groups: readonly {
  readonly name: string;
  readonly interval?: string;
  readonly windows: readonly Window[];
}[] = [
  { name: "error-budget", windows: ["5m", "30m", "1h"] },
  { name: "error-budget-long", interval: "2m", windows: ["2h", "6h", "1d", "3d"] },
];

/** The share of failed requests over several times, and how that compares with the objective. */
export function errorBudgetRules(observed: Observed): RuleGroup[] {
  const { availability } = observed.thresholds;
  const alerts = burnRates
    // With a low objective, not even a complete outage burns as fast.
    .filter(({ factor }) => factor * budget(availability) < 1)
    .map((burnRate) => alertRule(observed, burning(burnRate, availability)));
  const recordings = groups.map(({ windows, ...group }) => ({
    ...group,
    rules: windows.map((window) => errorRatio(observed, window)),
  }));
  return [...recordings, { name: "error-budget-alerts", rules: alerts }];
}

/** Share of the requests that may fail. */
function budget(availability: number): number {
  return Number(((100 - availability) / 100).toPrecision(6));
}

function errorRatio(observed: Observed, window: Window): RecordingRule {
  const matchers = appRequests(observed);
  const sum = (more: string) =>
    `sum(rate(caddy_http_request_duration_seconds_count{${matchers}${more}}[${window}]))`;
  return {
    record: recordName(window),
    expr: `(${sum(',code=~"5.."')} or vector(0)) / (${sum("")} > 0)`,
  };
}

function recordName(window: Window): string {
  return `app:request_errors:ratio_rate${window}`;
}

function burning(
  { name, severity, factor, long, short, for: time, left }: BurnRate,
  availability: number,
): Alert {
  const limit = Number((factor * budget(availability)).toPrecision(6));
  return {
    name,
    severity,
    expression: `100 * ${recordName(long)} > ${Number((100 * limit).toPrecision(6))}
  and ${recordName(short)} > ${limit}`,
    ...(time === undefined ? {} : { for: time }),
    summary: `${value(2)} % of the requests of the last ${long} failed: the errors of 30 days are used up within ${left}`,
    description: `The objective is ${availability} % without an error over 30 days; at this pace, ${factor} times the one that it allows, it is missed.`,
    dashboard: "slipway-overview",
  };
}
