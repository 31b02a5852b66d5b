import type { Observed } from "../observed";
import type { Dashboard } from "./model";
import { dashboard } from "./page";
import { newest, stat, state, timeSeries } from "./panels";

/** Without the templates, and what belongs to no database. */
const own = 'datname!~"(template.*)?"';

const hits = `sum(rate(pg_stat_database_blks_hit{${own}}[$__rate_interval]))`;
const reads = `sum(rate(pg_stat_database_blks_read{${own}}[$__rate_interval]))`;
const hitRatio = `100 * ${hits} / (${hits} + ${reads})`;
const longest = `max(pg_stat_activity_max_tx_duration{${own}})`;

/** A series for each cause, per hour. Only Postgres 17 has `pg_stat_checkpointer`, only earlier ones the others. */
const checkpoints = [
  'label_replace(3600 / max(pg_settings_checkpoint_timeout_seconds), "cause", "by time, at most", "", "")',
  'label_replace(3600 * sum(rate(pg_stat_checkpointer_num_timed_total[1h])), "cause", "by time", "", "")',
  'label_replace(3600 * sum(rate(pg_stat_checkpointer_num_requested_total[1h])), "cause", "by amount of WAL", "", "")',
  'label_replace(3600 * sum(rate(pg_stat_bgwriter_checkpoints_timed_total[1h])), "cause", "by time", "", "")',
  'label_replace(3600 * sum(rate(pg_stat_bgwriter_checkpoints_req_total[1h])), "cause", "by amount of WAL", "", "")',
].join(" or ");

/** Exporters before 0.14 don't tell the size. */
const wal = [
  'label_replace(max(pg_settings_max_wal_size_bytes), "size", "at which a checkpoint begins", "", "")',
  'label_replace(sum(pg_wal_size_bytes), "size", "on disk", "", "")',
].join(" or ");

export function postgres(observed: Observed): Dashboard {
  const connections = { over: observed.thresholds.connections };
  return dashboard(observed, {
    uid: "slipway-postgres",
    title: "Postgres",
    description: "The database.",
    sections: [
      {
        title: "Now",
        blocks: [
          state("min(pg_up)"),
          stat({
            title: "Connections",
            description: "Of max_connections.",
            unit: "percent",
            decimals: 0,
            limit: connections,
            queries: [
              {
                expr: "100 * sum(pg_stat_database_numbackends) / max(pg_settings_max_connections)",
                legend: "used",
              },
            ],
          }),
          stat({
            title: "Transactions",
            unit: "ops",
            queries: [{ expr: transactions("commit", "sum"), legend: "committed" }],
          }),
          stat({
            title: "Cache hits",
            description:
              "Of the blocks asked for, those that were in shared_buffers. Below 90 it wants more memory.",
            unit: "percent",
            decimals: 1,
            limit: { under: 90 },
            queries: [{ expr: hitRatio, legend: "hits" }],
          }),
          stat({
            title: "Longest transaction",
            description: "One that is open for long keeps dead rows from being cleared away.",
            unit: "s",
            limit: { over: 300 },
            queries: [{ expr: longest, legend: "open for" }],
          }),
          newest({
            title: "Deadlocks",
            description: "In the time shown.",
            unit: "none",
            decimals: 0,
            limit: { over: 1 },
            queries: [
              { expr: `sum(increase(pg_stat_database_deadlocks{${own}}[$__range]))`, legend: "deadlocks" },
            ],
          }),
        ],
      },
      {
        title: "Load",
        blocks: [
          timeSeries({
            title: "Connections by state",
            unit: "none",
            least: 0,
            queries: [
              { expr: "sum by (state) (pg_stat_activity_count)", legend: "{{state}}" },
              { expr: "max(pg_settings_max_connections)", legend: "at most" },
            ],
          }),
          timeSeries({
            title: "Transactions by end",
            unit: "ops",
            least: 0,
            queries: [
              { expr: transactions("commit", "sum by (datname)"), legend: "{{datname}} committed" },
              { expr: transactions("rollback", "sum by (datname)"), legend: "{{datname}} rolled back" },
            ],
          }),
          timeSeries({
            title: "Rows",
            description: "Returned: read in any way. Fetched: found by an index.",
            unit: "rowsps",
            least: 0,
            queries: ["returned", "fetched", "inserted", "updated", "deleted"].map((what) => ({
              expr: `sum(rate(pg_stat_database_tup_${what}{${own}}[$__rate_interval]))`,
              legend: what,
            })),
          }),
          timeSeries({
            title: "Cache hit ratio",
            unit: "percent",
            most: 100,
            limit: { under: 90 },
            queries: [{ expr: hitRatio, legend: "hits" }],
          }),
        ],
      },
      {
        title: "Waiting",
        blocks: [
          timeSeries({
            title: "Locks by mode",
            unit: "none",
            least: 0,
            queries: [{ expr: "sum by (mode) (pg_locks_count)", legend: "{{mode}}" }],
          }),
          timeSeries({
            title: "Longest open transaction",
            unit: "s",
            least: 0,
            limit: { over: 300 },
            queries: [{ expr: longest, legend: "open for" }],
          }),
          timeSeries({
            title: "Deadlocks and conflicts",
            unit: "none",
            least: 0,
            queries: [
              {
                expr: `sum(increase(pg_stat_database_deadlocks{${own}}[$__rate_interval]))`,
                legend: "deadlocks",
              },
              {
                expr: `sum(increase(pg_stat_database_conflicts{${own}}[$__rate_interval]))`,
                legend: "conflicts",
              },
            ],
          }),
          timeSeries({
            title: "Temporary files",
            description: "Written by queries that work_mem is too small for.",
            unit: "Bps",
            least: 0,
            queries: [
              { expr: `sum(rate(pg_stat_database_temp_bytes{${own}}[$__rate_interval]))`, legend: "written" },
            ],
          }),
        ],
      },
      {
        title: "Disk",
        blocks: [
          timeSeries({
            title: "Size of the databases",
            unit: "bytes",
            least: 0,
            width: 8,
            queries: [{ expr: `sum by (datname) (pg_database_size_bytes{${own}})`, legend: "{{datname}}" }],
          }),
          timeSeries({
            title: "WAL",
            unit: "bytes",
            least: 0,
            width: 8,
            queries: [{ expr: wal, legend: "{{size}}" }],
          }),
          timeSeries({
            title: "Checkpoints per hour",
            description: "Many by amount of WAL: max_wal_size is too small for what is written.",
            unit: "none",
            least: 0,
            width: 8,
            queries: [{ expr: checkpoints, legend: "{{cause}}" }],
          }),
        ],
      },
    ],
  });
}

function transactions(end: "commit" | "rollback", sum: string): string {
  return `${sum} (rate(pg_stat_database_xact_${end}{${own}}[$__rate_interval]))`;
}
