import type { Observed } from "../observed";
import type { RuleGroup } from "../rules";
import { type Alert, alertRule, value } from "./alert";

/** Postgres, where it isn't somebody else's. */
export function postgresAlerts(observed: Observed): RuleGroup {
  const { connections } = observed.thresholds;
  const alerts: Omit<Alert, "service" | "dashboard">[] = [
    {
      name: "PostgresDown",
      severity: "critical",
      expression: 'max(pg_up{job="postgres"}) == 0',
      for: "1m",
      summary: "Postgres takes no connections",
      description: "Whatever needs the database fails.",
    },
    {
      name: "PostgresConnectionsHigh",
      severity: "warning",
      expression: `100 * sum(pg_stat_database_numbackends{job="postgres"})
  / max(pg_settings_max_connections{job="postgres"}) > ${connections}`,
      for: "5m",
      summary: `Postgres: ${value()} % of the connections are in use`,
      description: 'At 100 % it refuses new ones ("too many clients already"), and requests fail.',
    },
    {
      name: "PostgresDeadlocks",
      severity: "warning",
      expression: 'round(sum by (datname) (increase(pg_stat_database_deadlocks{job="postgres"}[10m]))) > 0',
      summary: `Postgres: ${value()} deadlocks in {{ $labels.datname }} within 10 minutes`,
      description: "Of transactions that wait for each other Postgres ends one with an error.",
    },
  ];
  return {
    name: "postgres",
    rules: alerts.map((alert) =>
      alertRule(observed, { ...alert, service: "postgres", dashboard: "slipway-postgres" }),
    ),
  };
}

export function redisAlerts(observed: Observed): RuleGroup {
  const { redisMemory } = observed.thresholds;
  const alerts: Omit<Alert, "service" | "dashboard">[] = [
    {
      name: "RedisDown",
      severity: "critical",
      expression: 'max(redis_up{job="redis"}) == 0',
      for: "1m",
      summary: "Redis does not answer",
      description: "Sessions, queues and messages between containers fail.",
    },
    {
      name: "RedisMemoryHigh",
      severity: "warning",
      // A cache is full all the time: it forgets what was used least.
      expression: `100 * max(redis_memory_used_bytes{job="redis"}) / max(redis_memory_max_bytes{job="redis"} > 0) > ${redisMemory}
  unless on () redis_instance_info{job="redis",maxmemory_policy=~"allkeys-.+"}`,
      for: "5m",
      summary: `Redis: ${value()} % of its memory is in use`,
      description: 'At 100 % it refuses every write ("OOM command not allowed").',
    },
    {
      name: "RedisConnectionsRejected",
      severity: "critical",
      expression: 'round(sum(increase(redis_rejected_connections_total{job="redis"}[5m]))) > 0',
      summary: `Redis: ${value()} connections refused within 5 minutes`,
      description: "All its connections are taken; what needs a new one fails.",
    },
  ];
  return {
    name: "redis",
    rules: alerts.map((alert) =>
      alertRule(observed, { ...alert, service: "redis", dashboard: "slipway-redis" }),
    ),
  };
}
