import { type Context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { type AnyValueMap, type Logger, SeverityNumber } from "@opentelemetry/api-logs";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import type { FastifyBaseLogger } from "fastify";
import type { ServerConfig } from "../config.js";
import { batchDelayMs, Deliveries, deliveryTimeoutMs, resource } from "./delivery.js";

const severities: Readonly<Record<string, SeverityNumber>> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
};

/** The lines of the log, sent in batches by OTLP over HTTP as well as written to stdout. */
export class Logs {
  readonly #provider: LoggerProvider;
  readonly #logger: Logger;
  readonly #deliveries: Deliveries;

  /** The endpoint is the whole URL: `http://loki:3100/otlp/v1/logs`. */
  constructor(endpoint: string, config: ServerConfig) {
    const exporter = new OTLPLogExporter({ url: endpoint, timeoutMillis: deliveryTimeoutMs });
    this.#deliveries = new Deliveries("logs", endpoint);
    this.#deliveries.watch(exporter);
    this.#provider = new LoggerProvider({
      resource: resource(config),
      processors: [new BatchLogRecordProcessor({ exporter, scheduledDelayMillis: batchDelayMs })],
    });
    this.#logger = this.#provider.getLogger("backend");
  }

  reportTo(log: FastifyBaseLogger): void {
    this.#deliveries.log = log;
  }

  /** Takes a line as it is written, so what is redacted there is redacted here. */
  send(line: string): void {
    // The service and its version belong to every line on stdout; here the resource says them once for all.
    const { level, time, msg, service, version, trace_id, span_id, trace_flags, err, ...attributes } =
      JSON.parse(line);
    this.#logger.emit({
      timestamp: new Date(time),
      severityNumber: severities[level] ?? SeverityNumber.UNSPECIFIED,
      severityText: level,
      body: msg,
      attributes: { ...attributes, ...(err && exception(err)) },
      context: spanContext(trace_id, span_id, trace_flags),
    });
  }

  end(): Promise<void> {
    return this.#provider.shutdown();
  }
}

function exception({ type, message, stack, ...details }: AnyValueMap): AnyValueMap {
  return {
    "exception.type": type,
    "exception.message": message,
    "exception.stacktrace": stack,
    ...(Object.keys(details).length > 0 && { err: details }),
  };
}

function spanContext(traceId?: string, spanId?: string, flags = "00"): Context {
  if (!traceId || !spanId) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: Number.parseInt(flags, 16) });
}
