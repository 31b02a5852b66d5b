import { httpHealth } from "../httpHealth";
import type { Observed } from "./observed";
import type { Version } from "./versions";
import { yamlText } from "./yamlText";

const folder = "/var/tempo";
const megabyte = 1_000_000;

/** Traces in one process, on its own disk, within 400 MiB. Keys are paths relative to /etc/tempo. */
export function tempoFiles({ retention }: Observed): Record<string, string> {
  const configuration = {
    // Below that, it writes a line for every query that somebody looks at.
    server: { http_listen_port: 3200, log_level: "warn" },
    distributor: {
      receivers: {
        // Since 2.7 they listen on localhost unless told otherwise.
        otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" }, http: { endpoint: "0.0.0.0:4318" } } },
      },
    },
    ingester: {
      // One ingester has nobody to wait for.
      lifecycler: { min_ready_duration: "0s" },
      // Of 30 minutes and 500 MB by default. What has been cut to a block isn't in memory.
      max_block_duration: "10m",
      max_block_bytes: 50 * megabyte,
      flush_all_on_shutdown: true,
    },
    compactor: {
      compaction: { block_retention: `${retention.tracesDays * 24}h`, max_block_bytes: 500 * megabyte },
    },
    querier: { max_concurrent_queries: 4 },
    query_frontend: { search: { concurrent_jobs: 100, target_bytes_per_job: 25 * megabyte } },
    metrics_generator: {
      processor: { service_graphs: { max_items: 2_000, workers: 2 } },
      storage: {
        path: `${folder}/generator`,
        remote_write: [{ url: "http://prometheus:9090/api/v1/write", send_exemplars: true }],
      },
    },
    storage: {
      trace: {
        backend: "local",
        local: { path: `${folder}/blocks` },
        wal: { path: `${folder}/wal` },
        // Of 100 MB by default: a row group is put together in memory.
        block: { parquet_row_group_size_bytes: 20 * megabyte },
        pool: { max_workers: 50, queue_depth: 2_000 },
      },
    },
    overrides: {
      defaults: {
        ingestion: {
          rate_limit_bytes: 5 * megabyte,
          burst_size_bytes: 10 * megabyte,
          max_traces_per_user: 5_000,
        },
        global: { max_bytes_per_trace: 2 * megabyte },
        metrics_generator: {
          processors: ["service-graphs", "span-metrics"],
          max_active_series: 20_000,
        },
      },
    },
    usage_report: { reporting_enabled: false },
  };
  return { "tempo.yaml": yamlText(configuration) };
}

export function tempoArguments(): string[] {
  return ["-config.file=/etc/tempo/tempo.yaml"];
}

/** The program in its image that says whether it is ready, and its arguments; undefined when the image has none. */
export function tempoHealth({ minor }: Version): string[] | undefined {
  // Later ones have Tempo and nothing else in them, and Tempo learns to ask itself in 3.0.
  return minor <= 7 ? httpHealth(3200, "/ready") : undefined;
}
