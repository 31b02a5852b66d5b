import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { alertGroups } from "../../../../lib/observability/alerts";
import type { Observed } from "../../../../lib/observability/observed";
import { partsOf, profiles } from "../../../../lib/observability/profiles";
import { type AlertRule, alertNames } from "../../../../lib/observability/rules";
import type { Thresholds } from "../../../../lib/observability/thresholds";
import { observedShop } from "../../../engine/support/alertRules/observed";
import {
  alertsOf,
  askedInVain,
  groupsAmiss,
  incomplete,
  namesRepeated,
  recordingsOf,
  unparsable,
  unrecorded,
} from "./alertProblems";

const project = join(__dirname, "..", "..", "..", "..");
const runbooks = join("docs", "runbooks");

const everyBackups: readonly Observed["backups"][] = [
  observedShop().backups,
  { repositories: ["s3"], database: true, pitr: false },
  { repositories: ["local"], database: false, pitr: false },
  undefined,
];

/** Everything that makes a difference to the rules, in every combination. */
const everySystem: readonly Observed[] = profiles.flatMap((profile) =>
  [true, false].flatMap((externalPostgres) =>
    [true, false].flatMap((publicCertificates) =>
      [observedShop().services, []].flatMap((services) =>
        [observedShop().routes, []].flatMap((routes) =>
          everyBackups.map((backups) =>
            observedShop(
              {
                parts: partsOf(profile, { externalPostgres }),
                publicCertificates,
                services,
                routes,
                backups,
              },
              profile,
            ),
          ),
        ),
      ),
    ),
  ),
);

const full = alertsOf(observedShop());

describe("in every system", () => {
  it.each([
    ["names are unique", namesRepeated],
    ["groups have rules and names of their own", groupsAmiss],
    ["expressions can be parsed", unparsable],
    ["nothing is asked of what doesn't run", askedInVain],
    ["each has a severity, a summary with the value, a description, a runbook and a dashboard", incomplete],
    ["what an alert reads is recorded before", unrecorded],
  ])("%s", (_, problemsOf) => {
    expect(everySystem.flatMap(problemsOf)).toEqual([]);
  });

  it("nothing is alerted without Prometheus", () => {
    expect(alertGroups(observedShop({}, "off"))).toEqual([]);
  });

  it("the same rules are made of the same settings", () => {
    expect(JSON.stringify(alertGroups(observedShop()))).toBe(JSON.stringify(alertGroups(observedShop())));
  });
});

describe("runbooks", () => {
  const pages = readdirSync(join(project, runbooks));

  it("are one a page, and none without an alert", () => {
    const used = full.map(({ annotations }) => annotations.runbook_url);
    expect(pages.map((page) => join(runbooks, page)).sort()).toEqual([...used].sort());
  });

  it.each(full.map((rule) => [rule.alert, rule] as const))("tell what to do: %s", (alert, rule) => {
    const page = readFileSync(join(project, rule.annotations.runbook_url ?? ""), "utf8");
    const severity = { critical: "Critical", warning: "Warning", none: "Not delivered to people" }[
      rule.labels.severity
    ];
    expect(page.startsWith(`# ${alert}\n\n${severity}, ${after(rule)}\n`), page.slice(0, 60)).toBe(true);
    const parts = page.split("\n").filter((line) => line.startsWith("## "));
    expect(parts).toEqual([
      "## What it means",
      "## What users notice",
      "## Look first",
      "## Mend",
      "## Silence",
      "## Change the threshold",
    ]);
    const linked = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, file]) => file);
    expect(linked.filter((file) => !pages.includes(file ?? ""))).toEqual([]);
    // Silencing the Watchdog would raise the alarm outside.
    if (alert !== alertNames.watchdog) expect(page).toContain(` alertname=${alert}`);
  });
});

describe("thresholds", () => {
  const thresholds: Thresholds = {
    memory: 61,
    cpu: 62,
    disk: 63,
    latency: 6.4,
    errorRate: 65,
    certificateDays: 46,
    connections: 67,
    redisMemory: 68,
    availability: 99,
    backupAge: 30,
  };
  const rules = alertsOf(observedShop({ thresholds }));

  it.each<[keyof Thresholds, Readonly<Record<string, string>>]>([
    ["memory", { ContainerMemoryHigh: " > 61", HostMemoryHigh: " > 61" }],
    ["cpu", { ContainerCpuHigh: " > 62", HostCpuHigh: " > 62" }],
    ["disk", { DiskSpaceLow: " < 63" }],
    ["latency", { LatencyHigh: " > 6.4" }],
    ["errorRate", { ErrorRateHigh: " > 65" }],
    ["certificateDays", { CertificateExpiring: " < 46" }],
    ["connections", { PostgresConnectionsHigh: " > 67" }],
    ["redisMemory", { RedisMemoryHigh: " > 68" }],
    [
      "availability",
      {
        ErrorBudgetGoneInTwoDays: "5m > 0.144",
        ErrorBudgetGoneInFiveDays: "30m > 0.06",
        ErrorBudgetGoneInTenDays: "2h > 0.03",
        ErrorBudgetGoneInThirtyDays: "6h > 0.01",
      },
    ],
    [
      "backupAge",
      {
        BackupTooOld: " > 30",
        RepositoryTooOld: " > 30",
        BaseBackupTooOld: " > 30",
        DrillTooOld: " > 60",
      },
    ],
  ])("arrive in the expressions, and the runbooks name their key: %s", (key, expected) => {
    for (const [alert, part] of Object.entries(expected)) {
      const rule = rules.find((one) => one.alert === alert);
      expect(rule?.expr).toContain(part);
      const page = readFileSync(join(project, rule?.annotations.runbook_url ?? ""), "utf8");
      expect(page).toContain(`--path 'observability.thresholds.${key}'`);
    }
  });

  it("below that of a full disk move that too", () => {
    const low = alertsOf(observedShop({ thresholds: { ...thresholds, disk: 3 } }));
    expect(low.find(({ alert }) => alert === "DiskFull")?.expr).toContain(" < 3");
    expect(low.find(({ alert }) => alert === "DiskSpaceLow")?.expr).toContain(" < 3 >= 3");
  });

  it.each([
    [99.99, 4],
    [93.1, 4],
    [93, 3],
    [83, 2],
    [66, 1],
    [50, 1],
  ])("leave out burn rates that not even an outage reaches: %f %% has %i", (availability, count) => {
    const alerts = alertsOf(observedShop({ thresholds: { ...thresholds, availability } }));
    expect(alerts.filter(({ alert }) => alert.startsWith("ErrorBudget"))).toHaveLength(count);
  });
});

describe("backups", () => {
  function names(backups: Observed["backups"]): string[] {
    return alertsOf(observedShop({ backups }))
      .filter(({ annotations }) => annotations.dashboard_url?.endsWith("/slipway-backups"))
      .map(({ alert }) => alert);
  }
  const always = ["BackupFailed", "BackupTooOld", "RepositoryUnreachable", "RepositoryDamaged"];

  it.each<[string, Observed["backups"], readonly string[]]>([
    ["there are none", undefined, []],
    ["one repository and no database", { repositories: ["local"], database: false, pitr: false }, always],
    [
      "a copy elsewhere",
      { repositories: ["local", "s3"], database: false, pitr: false },
      [...always, "RepositoryTooOld"],
    ],
    [
      "a database",
      { repositories: ["s3"], database: true, pitr: false },
      [...always, "DrillFailed", "DrillTooOld"],
    ],
    [
      "the write-ahead log",
      { repositories: ["s3"], database: true, pitr: true },
      [...always, "DrillFailed", "DrillTooOld", "WalNotShipped", "BaseBackupTooOld"],
    ],
  ])("are alerted as they are made: %s", (_, backups, expected) => {
    expect(names(backups)).toEqual(expected);
  });
});

describe("the requests of the app", () => {
  it.each<[string, Partial<Observed>, string]>([
    ["its host", {}, 'host=~"shop\\\\.example\\\\.com"'],
    [
      "plain HTTP on a port of its own, whose host Caddy doesn't tell",
      { routes: [{ domain: "app", url: "http://shop.lan:8080/" }] },
      'host=~"shop\\\\.lan|_other"',
    ],
    [
      "several hosts, without Grafana's",
      {
        routes: [
          { domain: "b", url: "https://b.example.com/" },
          { domain: "grafana", url: "https://grafana.example.com/" },
          { domain: "a", url: "https://a.example.com/" },
        ],
      },
      'host=~"a\\\\.example\\\\.com|b\\\\.example\\\\.com"',
    ],
    [
      "the only host, though Grafana is there too",
      { routes: [{ domain: "app", url: "https://grafana.example.com/" }] },
      'host=~"grafana\\\\.example\\\\.com"',
    ],
  ])("are those of %s", (_, changes, matcher) => {
    const recorded = recordingsOf(observedShop(changes));
    const raw = recorded.filter(({ expr }) => expr.includes("caddy_"));
    expect(raw.length).toBeGreaterThan(5);
    expect(raw.filter(({ expr }) => !expr.includes(`{job="proxy",handler="subroute",${matcher},`))).toEqual(
      [],
    );
  });
});

it("knows the names that the delivery goes by", () => {
  const names = full.map(({ alert }) => alert);
  const { test: _, ...used } = alertNames;
  expect(Object.values(used).filter((name) => !names.includes(name))).toEqual([]);
});

/** The words of a page for the time that an expression must hold. */
function after({ for: time }: AlertRule): string {
  if (time === undefined) return "at once";
  const count = Number.parseInt(time, 10);
  const unit = time.endsWith("h") ? "hour" : "minute";
  return `after ${count} ${unit}${count === 1 ? "" : "s"}`;
}
