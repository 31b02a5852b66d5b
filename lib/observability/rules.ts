/** How an alert is delivered. `none` never reaches people. */
export type Severity = "critical" | "warning" | "none";

/** Alerts that delivery knows by name: some silence others, some are never silenced. */
export const alertNames = {
  /** Always fires: that it arrives shows that alerting works. */
  watchdog: "Watchdog",
  hostDown: "HostDown",
  engineDown: "EngineDown",
  serviceDown: "ServiceDown",
  /** Made by `npm run alert`. */
  test: "TestAlert",
} as const;

/** Rules that Prometheus evaluates together, in order. The names of the keys are Prometheus' own. */
export interface RuleGroup {
  readonly name: string;
  /** Between two evaluations, such as `1m`. The interval of all when left out. */
  readonly interval?: string;
  readonly rules: readonly (AlertRule | RecordingRule)[];
}

/** Fires for each series that its expression returns. */
export interface AlertRule {
  readonly alert: string;
  /** PromQL. */
  readonly expr: string;
  /** How long the expression must hold before the alert fires, such as `5m`. At once when left out. */
  readonly for?: string;
  /** How long it goes on firing when the expression no longer holds. */
  readonly keep_firing_for?: string;
  readonly labels: { readonly severity: Severity } & Readonly<Record<string, string>>;
  readonly annotations: Annotations;
}

export interface Annotations {
  /** One line; Prometheus fills in `{{ $labels.service }}` and `{{ $value }}`. */
  readonly summary: string;
  readonly description?: string;
  /** What to do. */
  readonly runbook_url?: string;
  /** Where to look. */
  readonly dashboard_url?: string;
}

/** Keeps what its expression returns under a name of its own. */
export interface RecordingRule {
  /** `level:metric:operations`. */
  readonly record: string;
  /** PromQL. */
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}
