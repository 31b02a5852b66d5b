import { type AlertCase, critical, warning } from "./case";

const postgres = { service: "postgres" };
const redis = { service: "redis" };
const noeviction =
  'redis_instance_info{job="redis",instance="redis-exporter:9121",maxmemory_policy="noeviction"}';
const cache =
  'redis_instance_info{job="redis",instance="redis-exporter:9121",maxmemory_policy="allkeys-lru"}';

export const dataCases: readonly AlertCase[] = [
  {
    alert: "PostgresDown",
    when: "the exporter can't log in",
    series: { 'pg_up{job="postgres",instance="postgres-exporter:9187"}': "1x20 0x40" },
    at: "7m",
    fires: [{ labels: { ...critical, ...postgres }, summary: "Postgres takes no connections" }],
  },
  {
    alert: "PostgresDown",
    when: "it was restarted",
    series: { 'pg_up{job="postgres",instance="postgres-exporter:9187"}': "1x20 0x2 1x40" },
    at: "7m",
    fires: [],
  },
  connections(60, 21, [
    { labels: { ...warning, ...postgres }, summary: "Postgres: 81 % of the connections are in use" },
  ]),
  connections(60, 20, []),
  {
    alert: "PostgresDeadlocks",
    when: "there was one",
    series: {
      'pg_stat_database_deadlocks{job="postgres",datid="16384",datname="shop"}': "7x20 8x40",
      'pg_stat_database_deadlocks{job="postgres",datid="5",datname="postgres"}': "0x60",
    },
    at: "6m",
    fires: [
      {
        labels: { ...warning, ...postgres, datname: "shop" },
        summary: "Postgres: 1 deadlocks in shop within 10 minutes",
      },
    ],
  },
  {
    alert: "PostgresDeadlocks",
    when: "that was half an hour ago",
    series: { 'pg_stat_database_deadlocks{job="postgres",datid="16384",datname="shop"}': "7x20 8x120" },
    at: "30m",
    fires: [],
  },
  {
    alert: "RedisDown",
    when: "it does not answer",
    series: { 'redis_up{job="redis",instance="redis-exporter:9121"}': "1x20 0x40" },
    at: "7m",
    fires: [{ labels: { ...critical, ...redis }, summary: "Redis does not answer" }],
  },
  {
    alert: "RedisDown",
    when: "it was restarted",
    series: { 'redis_up{job="redis",instance="redis-exporter:9121"}': "1x20 0x2 1x40" },
    at: "7m",
    fires: [],
  },
  redisMemory("91e6", "100e6", noeviction, [
    { labels: { ...warning, ...redis }, summary: "Redis: 91 % of its memory is in use" },
  ]),
  redisMemory("90e6", "100e6", noeviction, []),
  redisMemory("99e6", "0", noeviction, []),
  redisMemory("99e6", "100e6", cache, []),
  {
    alert: "RedisConnectionsRejected",
    when: "there are too many",
    series: { 'redis_rejected_connections_total{job="redis",instance="redis-exporter:9121"}': "2x20 5x40" },
    at: "6m",
    fires: [{ labels: { ...critical, ...redis }, summary: "Redis: 3 connections refused within 5 minutes" }],
  },
  {
    alert: "RedisConnectionsRejected",
    when: "that was long ago",
    series: { 'redis_rejected_connections_total{job="redis",instance="redis-exporter:9121"}': "5x60" },
    at: "10m",
    fires: [],
  },
];

function connections(app: number, others: number, fires: AlertCase["fires"]): AlertCase {
  return {
    alert: "PostgresConnectionsHigh",
    when: `${app} and ${others} of 100 are in use`,
    series: {
      'pg_stat_database_numbackends{job="postgres",datid="16384",datname="shop"}': `${app}x40`,
      'pg_stat_database_numbackends{job="postgres",datid="5",datname="postgres"}': `${others}x40`,
      'pg_settings_max_connections{job="postgres",server="postgres:5432"}': "100x40",
    },
    at: "8m",
    fires,
  };
}

function redisMemory(used: string, limit: string, info: string, fires: AlertCase["fires"]): AlertCase {
  return {
    alert: "RedisMemoryHigh",
    when: `${used} of ${limit} bytes are in use, ${info === cache ? "as a cache" : "to keep"}`,
    series: {
      'redis_memory_used_bytes{job="redis",instance="redis-exporter:9121"}': `${used}x40`,
      'redis_memory_max_bytes{job="redis",instance="redis-exporter:9121"}': `${limit}x40`,
      [info]: "1x40",
    },
    at: "8m",
    fires,
  };
}
