import { httpHealth } from "../httpHealth";
import type { Observed } from "./observed";
import type { Version } from "./versions";
import { yamlText } from "./yamlText";

/** The labels that every stream of logs has, and no other. All else that is known of a line is structured metadata. */
export const logLabels = ["system", "stack", "service", "release", "level"] as const;

const folder = "/loki";
const megabyte = 1_000_000;

/** Logs in one process, on its own disk, within 400 MiB. Keys are paths relative to /etc/loki. */
export function lokiFiles({ retention }: Observed): Record<string, string> {
  const kept = `${retention.logsDays * 24}h`;
  const configuration = {
    auth_enabled: false,
    server: {
      http_listen_port: 3100,
      // Below that, it writes a line for every query that somebody looks at.
      log_level: "warn",
      // The default of 4 MB is less than the lines that one panel may ask for.
      grpc_server_max_recv_msg_size: 16 * megabyte,
      grpc_server_max_send_msg_size: 16 * megabyte,
    },
    // No `storage` here: it would give the ruler a store, and a ruler that has one runs.
    common: {
      path_prefix: folder,
      replication_factor: 1,
      ring: { instance_addr: "127.0.0.1", kvstore: { store: "inmemory" } },
    },
    schema_config: {
      configs: [
        {
          from: "2024-01-01",
          store: "tsdb",
          object_store: "filesystem",
          schema: "v13",
          index: { prefix: "index_", period: "24h" },
        },
      ],
    },
    storage_config: {
      filesystem: { directory: `${folder}/chunks` },
      tsdb_shipper: {
        active_index_directory: `${folder}/tsdb-shipper-active`,
        cache_location: `${folder}/tsdb-shipper-cache`,
      },
    },
    // Without all three of these and the retention period, the disk fills.
    compactor: {
      working_directory: `${folder}/compactor`,
      retention_enabled: true,
      delete_request_store: "filesystem",
    },
    ingester: {
      chunk_encoding: "snappy",
      // One ingester has nobody to wait for.
      lifecycler: { min_ready_duration: "0s" },
      // Of 4 GB by default: what a start may take to read the log of writes again.
      wal: { replay_memory_ceiling: "100MB" },
    },
    // Of 100 MB by default, for each of the seven caches.
    chunk_store_config: { chunk_cache_config: embeddedCache(40) },
    query_range: { results_cache: { cache: embeddedCache(8) } },
    querier: { max_concurrent: 4 },
    // Not among the limits, where 3.0 doesn't heed it.
    distributor: { otlp_config: { default_resource_attributes_as_index_labels: [...logLabels] } },
    limits_config: {
      retention_period: kept,
      reject_old_samples: true,
      reject_old_samples_max_age: kept,
      max_query_length: "0s",
      allow_structured_metadata: true,
      discover_service_name: [],
      discover_log_levels: false,
      // There are few labels, so all lines of a service can be in one stream.
      per_stream_rate_limit: "5MB",
      per_stream_rate_limit_burst: "15MB",
      ingestion_rate_mb: 8,
      ingestion_burst_size_mb: 16,
      max_line_size_truncate: true,
      max_query_parallelism: 8,
      tsdb_max_query_parallelism: 16,
    },
    analytics: { reporting_enabled: false },
  };
  return { "loki.yaml": yamlText(configuration) };
}

export function lokiArguments(): string[] {
  return ["-config.file=/etc/loki/loki.yaml"];
}

/** The program in its image that says whether it is ready, and its arguments. */
export function lokiHealth({ minor, patch }: Version): string[] {
  const asksItself = minor > 6 || (minor === 6 && patch >= 5);
  return asksItself ? ["/usr/bin/loki", "-health"] : httpHealth(3100, "/ready");
}

function embeddedCache(megabytes: number) {
  return { embedded_cache: { enabled: true, max_size_mb: megabytes } };
}
