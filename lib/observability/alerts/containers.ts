import type { Observed } from "../observed";
import type { RuleGroup } from "../rules";
import { type Alert, alertRule, value } from "./alert";

/** What a container uses of its limits, and whether it stays up. */
export function containerAlerts(observed: Observed): RuleGroup {
  const { parts, thresholds } = observed;
  const alerts = [
    ...(parts.includes("collector") ? [memoryHigh(thresholds.memory), cpuHigh(thresholds.cpu)] : []),
    ...(parts.includes("guardian") ? [restarting, unhealthy, outOfMemory, healingGivenUp] : []),
  ];
  return { name: "containers", rules: alerts.map((alert) => alertRule(observed, alert)) };
}

function memoryHigh(threshold: number): Alert {
  return {
    name: "ContainerMemoryHigh",
    severity: "warning",
    expression: `100 * max by (service, release, container) (container_memory_usage_total_bytes)
  / max by (service, release, container) (container_memory_usage_limit_bytes > 0) > ${threshold}`,
    for: "5m",
    summary: `{{ $labels.service }}: ${value()} % of its memory is in use (container {{ $labels.container }})`,
    description: "At 100 % the kernel kills it, and its requests fail until it is back.",
    dashboard: "slipway-containers",
  };
}

function cpuHigh(threshold: number): Alert {
  return {
    name: "ContainerCpuHigh",
    severity: "warning",
    expression: `100 * max by (service, release, container) (rate(container_cpu_usage_nanoseconds_total[5m])) / 1e9
  / max by (service, release, container) (container_cpu_limit > 0) > ${threshold}`,
    for: "10m",
    summary: `{{ $labels.service }}: ${value()} % of its cores are in use (container {{ $labels.container }})`,
    description: "At 100 % the kernel makes it wait: answers get slow, health checks may time out.",
    dashboard: "slipway-containers",
  };
}

const restarting: Alert = {
  name: "ContainerRestarting",
  severity: "warning",
  // Rounded: what lies between the scrapes is extrapolated, which would make 2 more than 2.
  expression: "round(max by (service, container) (increase(slipway_container_restarts_total[15m]))) > 2",
  summary: `{{ $labels.service }}: container {{ $labels.container }} started ${value()} times again within 15 minutes`,
  description: "It ends or is restarted again and again; each time its requests and WebSockets are lost.",
  dashboard: "slipway-containers",
};

const unhealthy: Alert = {
  name: "ContainerUnhealthy",
  severity: "warning",
  expression: `max by (service, container) (slipway_container_healthy) == 0
  and on (service, container) slipway_container_running == 1`,
  for: "2m",
  summary:
    "{{ $labels.service }}: container {{ $labels.container }} runs, but has not been healthy for 2 minutes",
  description: "The proxy sends it nothing. The guardian restarts it, a few times an hour at most.",
  dashboard: "slipway-containers",
};

const outOfMemory: Alert = {
  name: "ContainerOutOfMemory",
  severity: "warning",
  expression: "round(max by (service, container) (increase(slipway_container_oom_kills_total[15m]))) > 0",
  summary: `{{ $labels.service }}: the kernel killed ${value()} processes of {{ $labels.container }} for want of memory`,
  description: "It reached its limit of memory. Requests that it was serving were lost.",
  dashboard: "slipway-containers",
};

const healingGivenUp: Alert = {
  name: "HealingGivenUp",
  severity: "critical",
  expression: "max by (service, container) (slipway_container_given_up) == 1",
  summary:
    "{{ $labels.service }}: restarts did not make {{ $labels.container }} healthy; the guardian has given up",
  description: "It stays unhealthy until somebody mends the cause.",
  dashboard: "slipway-containers",
};
