import type { Observed } from "../../../lib/observability/observed";
import { email, noReceivers, observedSystem } from "../../unit/lib/observability/alertingObserved";

const queueTooLong = {
  expression: "queue_length > 100",
  for: "5m",
  severity: "warning",
  summary: "{{ $value }} wait",
} as const;

/** Systems that differ in what the configuration depends on. */
export const systems: readonly (readonly [name: string, observed: Observed])[] = [
  ["everything", observedSystem({ rules: { QueueTooLong: queueTooLong } })],
  ["noTraces", observedSystem({ publicCertificates: false }, "noTraces")],
  ["metricsOnly", observedSystem({}, "metricsOnly")],
  ["no services, no routes", observedSystem({ services: [], routes: [] })],
];

export const everyone = { email, slack: true, webhook: true, ntfy: true } as const;

const { username: _, ...anonymous } = email;

/** Every receiver by itself, and all of them. */
export const receiverVariants: readonly (readonly [name: string, changes: Partial<Observed>])[] = [
  ["nobody", {}],
  ["nobody but the heartbeat", { heartbeat: true }],
  ["e-mail", { receivers: { ...noReceivers, email } }],
  ["e-mail without a login", { receivers: { ...noReceivers, email: anonymous } }],
  ["Slack", { receivers: { ...noReceivers, slack: true } }],
  ["a webhook", { receivers: { ...noReceivers, webhook: true } }],
  ["ntfy", { receivers: { ...noReceivers, ntfy: true } }],
  ["all, and the heartbeat", { receivers: everyone, heartbeat: true }],
];
