import { containerLogs, logProcessors } from "./collector/logs";
import { quoted } from "./collector/ottl";
import type { Observed } from "./observed";
import { yamlText } from "./yamlText";

/** What runs through a pipeline: names of receivers, processors and exporters. */
interface Pipeline {
  readonly receivers: readonly string[];
  readonly processors: readonly string[];
  readonly exporters: readonly string[];
}

/** Names without suffixes are the default; said here, they stay as they are when that changes. */
const ownMetrics = {
  host: "0.0.0.0",
  port: 8888,
  without_scope_info: true,
  without_type_suffix: true,
  without_units: true,
};

const retry = { initial_interval: "1s", max_interval: "15s" };

/**
 * Metrics of the containers for Prometheus; their logs, and those that applications send, for Loki; traces for Tempo.
 * Only what has somewhere to go is taken. Keys are paths relative to /etc/otelcol.
 */
export function collectorFiles(observed: Observed): Record<string, string> {
  const logs = observed.parts.includes("loki");
  const traces = observed.parts.includes("tempo");
  const pipelines: Record<string, Pipeline> = {
    metrics: {
      receivers: ["docker_stats"],
      processors: ["memory_limiter", "filter/containers", "transform/metrics"],
      exporters: ["prometheus"],
    },
    ...(logs && {
      "logs/containers": {
        receivers: ["file_log"],
        processors: ["memory_limiter", "transform/containers", "transform/records", "groupbyattrs"],
        exporters: ["otlp_http/loki"],
      },
      "logs/apps": {
        receivers: ["otlp"],
        processors: [
          "memory_limiter",
          "transform/apps",
          "transform/resources",
          "transform/records",
          "groupbyattrs",
        ],
        exporters: ["otlp_http/loki"],
      },
    }),
    ...(traces && {
      traces: {
        receivers: ["otlp"],
        processors: ["memory_limiter", "batch"],
        exporters: ["otlp_grpc/tempo"],
      },
    }),
  };
  const configuration = {
    extensions: { ...(logs && { file_storage: { directory: "/var/lib/otelcol" } }) },
    receivers: {
      docker_stats: containerStatistics(),
      ...(logs && { file_log: containerLogs(observed) }),
      ...((logs || traces) && {
        otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" }, http: { endpoint: "0.0.0.0:4318" } } },
      }),
    },
    processors: {
      // Of the container's limit: past 80 % it takes nothing in, past 60 % it collects garbage.
      memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 20 },
      ...metricProcessors(observed),
      ...(logs && logProcessors(observed)),
      ...(traces && { batch: { timeout: "1s", send_batch_size: 512, send_batch_max_size: 1024 } }),
    },
    exporters: {
      prometheus: {
        endpoint: "0.0.0.0:8889",
        resource_to_telemetry_conversion: { enabled: true },
        without_scope_info: true,
        // A container that has gone is forgotten after four rounds without it, not after 5 minutes.
        metric_expiration: "1m",
      },
      ...(logs && { "otlp_http/loki": lokiExporter() }),
      ...(traces && {
        "otlp_grpc/tempo": {
          endpoint: "tempo:4317",
          tls: { insecure: true },
          retry_on_failure: retry,
          sending_queue: { queue_size: 100 },
        },
      }),
    },
    service: {
      extensions: logs ? ["file_storage"] : [],
      pipelines,
      telemetry: {
        logs: { level: "info", encoding: "json", disable_stacktrace: true },
        metrics: { readers: [{ pull: { exporter: { prometheus: ownMetrics } } }] },
      },
    },
  };
  return { "config.yaml": yamlText(configuration) };
}

export function collectorArguments(): string[] {
  return ["--config=/etc/otelcol/config.yaml"];
}

function containerStatistics() {
  return {
    endpoint: "tcp://guardian:2375",
    // The guardian takes the version out again; without one, it would have to be negotiated first.
    api_version: "1.44",
    collection_interval: "15s",
    timeout: "10s",
    container_labels_to_metric_labels: {
      "slipway.system": "system",
      "slipway.stack": "stack",
      "slipway.service": "service",
      "slipway.release": "release",
    },
    metrics: Object.fromEntries(
      [
        "container.cpu.limit",
        "container.cpu.throttling_data.periods",
        "container.cpu.throttling_data.throttled_periods",
        "container.pids.count",
        "container.pids.limit",
        "container.restarts",
        "container.uptime",
      ].map((metric) => [metric, { enabled: true }]),
    ),
  };
}

function metricProcessors({ system, stack }: Observed) {
  return {
    "filter/containers": {
      error_mode: "ignore",
      metric_conditions: [
        `resource.attributes["system"] != ${quoted(system)} or resource.attributes["stack"] != ${quoted(stack)}`,
      ],
    },
    "transform/metrics": {
      error_mode: "ignore",
      metric_statements: [
        `set(resource.attributes["container"], resource.attributes["container.name"])`,
        `keep_keys(resource.attributes, ["service", "release", "container"])`,
      ],
    },
  };
}

/** What Loki doesn't take waits on the disk, however long; when that queue is full, those who send wait. */
function lokiExporter() {
  return {
    endpoint: "http://loki:3100/otlp",
    retry_on_failure: { ...retry, max_elapsed_time: "0s" },
    sending_queue: {
      storage: "file_storage",
      queue_size: 500,
      block_on_overflow: true,
      num_consumers: 2,
      // Here and not in a processor before, which would drop what the queue has no place for.
      batch: { flush_timeout: "1s", min_size: 500, max_size: 2_000, sizer: "items" },
    },
  };
}
