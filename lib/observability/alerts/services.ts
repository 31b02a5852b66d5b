import type { Observed } from "../observed";
import { alertNames, type RuleGroup } from "../rules";
import { type Alert, alertRule } from "./alert";

/** Whether what people use is there at all. */
export function serviceAlerts(observed: Observed): RuleGroup {
  const { parts, services, routes } = observed;
  const alerts = [
    ...(parts.includes("guardian") ? [serviceDown(observed), containerDown] : []),
    ...(services.length > 0 ? [serviceUnreachable] : []),
    ...(parts.includes("blackboxExporter") && routes.length > 0 ? [routeDown] : []),
  ];
  return { name: "services", rules: alerts.map((alert) => alertRule(observed, alert)) };
}

/** Stopped containers are still counted; of one that was removed, what it did before is all there is. */
function serviceDown(observed: Observed): Alert {
  const removed = `max by (service) (max_over_time(slipway_container_running{service=~"${permanent(observed)}"}[6h]))
      unless max by (service) (slipway_container_running)`;
  return {
    name: alertNames.serviceDown,
    severity: "critical",
    expression: `max by (service) (slipway_container_running) == 0
  or 0 * (
    ${removed}
  ) and on () slipway_guardian_engine_up == 1`,
    for: "1m",
    summary: "{{ $labels.service }}: no container of it runs",
    description:
      "What it serves is gone: the proxy answers 502 or 503 for its routes, or its data is out of reach.",
    dashboard: "slipway-containers",
  };
}

/** What is there whatever the stack sets, so that nobody can have wished it away. */
function permanent({ services, parts }: Observed): string {
  const databases = [
    ...(parts.includes("redisExporter") ? ["redis"] : []),
    ...(parts.includes("postgresExporter") ? ["postgres"] : []),
  ];
  return ["proxy", ...databases, ...services.map(({ name }) => name)].join("|");
}

const containerDown: Alert = {
  name: "ContainerDown",
  severity: "warning",
  // After a failed update the containers of another release are kept, stopped, for their logs.
  expression: `max by (service, release, container) (slipway_container_running) == 0
  and on (service, release) slipway_container_running == 1`,
  for: "5m",
  summary:
    "{{ $labels.service }}: its container {{ $labels.container }} is stopped, others of the release run",
  description: "The service runs with fewer containers than the stack sets.",
  dashboard: "slipway-containers",
};

const serviceUnreachable: Alert = {
  name: "ServiceUnreachable",
  severity: "critical",
  expression: 'max by (service) (up{job="app"}) == 0',
  for: "1m",
  summary: "{{ $labels.service }}: runs, but none of its containers answers when asked for its metrics",
  description: "It hangs, or listens no more; its requests most likely wait or fail too.",
  dashboard: "slipway-overview",
};

const routeDown: Alert = {
  name: "RouteDown",
  severity: "critical",
  expression: 'max by (instance, domain) (probe_success{job="probe"}) == 0',
  for: "1m",
  summary: "{{ $labels.instance }} does not answer as it should",
  description: "Asked the way a browser asks, by its public name through the proxy. People can't use it.",
  dashboard: "slipway-overview",
};
