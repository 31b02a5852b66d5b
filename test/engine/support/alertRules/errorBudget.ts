import { type AlertCase, critical, warning } from "./case";

const count = (code: string) =>
  `caddy_http_request_duration_seconds_count{job="proxy",server="srv0",handler="subroute",host="shop.example.com",method="GET",code="${code}"}`;

/** The objective is 99.5 %: of 10,000 requests 50 may fail. */
export const errorBudgetCases: readonly AlertCase[] = [
  ...burn(
    { alert: "ErrorBudgetGoneInTwoDays", errors: 730, below: 710, at: "1h30m", labels: critical },
    "1h",
    "2 days",
  ),
  ...burn(
    { alert: "ErrorBudgetGoneInFiveDays", errors: 310, below: 290, at: "7h", labels: critical },
    "6h",
    "5 days",
  ),
  ...burn(
    { alert: "ErrorBudgetGoneInTenDays", errors: 155, below: 145, at: "26h", labels: warning },
    "1d",
    "10 days",
  ),
  ...burn(
    { alert: "ErrorBudgetGoneInThirtyDays", errors: 55, below: 45, at: "75h", labels: warning },
    "3d",
    "30 days",
  ),
  {
    alert: "ErrorBudgetGoneInTwoDays",
    when: "the errors ended 10 minutes ago",
    series: { [count("200")]: "0+9000x360", [count("500")]: "0+1000x320 320000x40" },
    at: "1h30m",
    fires: [],
  },
];

interface Burn {
  readonly alert: string;
  /** Of 10,000 requests. */
  readonly errors: number;
  readonly below: number;
  readonly at: string;
  readonly labels: Readonly<Record<string, string>>;
}

function burn({ alert, errors, below, at, labels }: Burn, long: string, left: string): AlertCase[] {
  const percent = (errors / 100).toFixed(2);
  const summary = `${percent} % of the requests of the last ${long} failed: the errors of 30 days are used up within ${left}`;
  return [failing(alert, errors, at, [{ labels, summary }]), failing(alert, below, at, [])];
}

function failing(alert: string, errors: number, at: string, fires: AlertCase["fires"]): AlertCase {
  const hours = Number.parseInt(at, 10) + 1;
  // The shortest window has 5 minutes.
  const step = hours > 2 ? 5 : 1;
  const samples = (hours * 60) / step;
  const series = {
    [count("200")]: `0+${10_000 - errors}x${samples}`,
    [count("500")]: `0+${errors}x${samples}`,
  };
  return {
    alert,
    when: `${errors} of 10,000 requests fail`,
    // Days of samples every 15 s would take promtool minutes.
    every: `${step}m`,
    series,
    at,
    fires,
  };
}
