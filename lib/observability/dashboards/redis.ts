import type { Observed } from "../observed";
import { words } from "./fields";
import type { Dashboard } from "./model";
import { dashboard } from "./page";
import { stat, state, timeSeries } from "./panels";

const share = "100 * redis_memory_used_bytes / (redis_memory_max_bytes > 0)";
const found = "sum(rate(redis_keyspace_hits_total[$__rate_interval]))";
const missed = "sum(rate(redis_keyspace_misses_total[$__rate_interval]))";
const hitRatio = `100 * ${found} / (${found} + ${missed})`;
const commands = "sum(rate(redis_commands_processed_total[$__rate_interval]))";
const sinceSnapshot = "time() - max(redis_rdb_last_save_timestamp_seconds)";

/** Redis tells only of databases that have keys. */
const keys = "sum(redis_db_keys) or vector(0)";
const expiring = "sum(redis_db_keys_expiring) or vector(0)";

export function redis(observed: Observed): Dashboard {
  const memory = { over: observed.thresholds.redisMemory };
  return dashboard(observed, {
    uid: "slipway-redis",
    title: "Redis",
    description: "Cache, sessions and queues.",
    sections: [
      {
        title: "Now",
        blocks: [
          state("min(redis_up)"),
          stat({
            title: "Memory",
            description: "Of maxmemory, which is 70 % of the container's limit.",
            unit: "percent",
            decimals: 1,
            limit: memory,
            queries: [{ expr: share, legend: "used" }],
          }),
          stat({ title: "Commands", unit: "ops", queries: [{ expr: commands, legend: "commands" }] }),
          stat({
            title: "Clients",
            unit: "none",
            queries: [{ expr: "sum(redis_connected_clients)", legend: "connected" }],
          }),
          stat({ title: "Keys", unit: "short", queries: [{ expr: keys, legend: "keys" }] }),
          stat({
            title: "Last snapshot",
            description: "What came later is in the append-only file.",
            unit: "s",
            queries: [{ expr: sinceSnapshot, legend: "ago" }],
          }),
        ],
      },
      {
        title: "Memory",
        blocks: [
          timeSeries({
            title: "Memory in use",
            unit: "bytes",
            least: 0,
            queries: [
              { expr: "redis_memory_used_bytes", legend: "data" },
              { expr: "redis_memory_used_rss_bytes", legend: "of the process" },
              { expr: "redis_memory_max_bytes", legend: "maxmemory" },
            ],
          }),
          timeSeries({
            title: "Memory of maxmemory",
            unit: "percent",
            least: 0,
            most: 100,
            limit: memory,
            queries: [{ expr: share, legend: "used" }],
          }),
          timeSeries({
            title: "Keys evicted and expired",
            description: "Evicted: thrown away because memory ran out.",
            unit: "ops",
            least: 0,
            queries: [
              { expr: "sum(rate(redis_evicted_keys_total[$__rate_interval]))", legend: "evicted" },
              { expr: "sum(rate(redis_expired_keys_total[$__rate_interval]))", legend: "expired" },
            ],
          }),
          timeSeries({
            title: "Keys by kind",
            unit: "short",
            least: 0,
            queries: [
              { expr: keys, legend: "all" },
              { expr: expiring, legend: "with an end" },
            ],
          }),
        ],
      },
      {
        title: "Load",
        blocks: [
          timeSeries({
            title: "Commands by name",
            unit: "ops",
            least: 0,
            queries: [
              {
                expr: "topk(10, sum by (cmd) (rate(redis_commands_total[$__rate_interval])))",
                legend: "{{cmd}}",
              },
            ],
          }),
          timeSeries({
            title: "Hit ratio",
            description: "Of the keys that were asked for, those that were there. A gap: none was asked for.",
            unit: "percent",
            least: 0,
            most: 100,
            queries: [{ expr: hitRatio, legend: "hits" }],
          }),
          timeSeries({
            title: "Clients by state",
            unit: "none",
            least: 0,
            queries: [
              { expr: "sum(redis_connected_clients)", legend: "connected" },
              { expr: "sum(redis_blocked_clients)", legend: "waiting for a list or stream" },
            ],
          }),
          timeSeries({
            title: "Mean time of a command",
            unit: "s",
            least: 0,
            queries: [
              {
                expr: "sum(rate(redis_commands_duration_seconds_total[$__rate_interval])) / sum(rate(redis_commands_total[$__rate_interval]))",
                legend: "mean",
              },
            ],
          }),
          timeSeries({
            title: "Traffic",
            unit: "Bps",
            least: 0,
            queries: [
              { expr: "sum(rate(redis_net_input_bytes_total[$__rate_interval]))", legend: "received" },
              { expr: "sum(rate(redis_net_output_bytes_total[$__rate_interval]))", legend: "sent" },
            ],
          }),
          timeSeries({
            title: "Refused connections",
            description: "Over maxclients.",
            unit: "none",
            least: 0,
            queries: [
              {
                expr: "sum(increase(redis_rejected_connections_total[$__rate_interval]))",
                legend: "refused",
              },
            ],
          }),
        ],
      },
      {
        title: "Persistence",
        blocks: [
          timeSeries({
            title: "Changes since the last snapshot",
            unit: "short",
            least: 0,
            queries: [{ expr: "sum(redis_rdb_changes_since_last_save)", legend: "changes" }],
          }),
          timeSeries({
            title: "Last write",
            unit: "none",
            least: 0,
            most: 1,
            mappings: words("ok", "failed"),
            limit: { under: 1 },
            queries: [
              { expr: "min(redis_aof_last_write_status)", legend: "append-only file" },
              { expr: "min(redis_rdb_last_bgsave_status)", legend: "snapshot" },
            ],
          }),
        ],
      },
    ],
  });
}
