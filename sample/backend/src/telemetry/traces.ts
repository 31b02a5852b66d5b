import {
  type Context,
  context,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Pool } from "pg";
import type { ServerConfig } from "../config.js";
import { batchDelayMs, Deliveries, deliveryTimeoutMs, resource } from "./delivery.js";
import { traceQueries } from "./queries.js";

const propagator = new W3CTraceContextPropagator();

/** A span for each request and each query of it, sent in batches by OTLP over gRPC. */
export class Traces {
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;
  readonly #deliveries: Deliveries;
  readonly #contexts = new WeakMap<FastifyRequest, Context>();

  /** The endpoint as `host:port` or `http://host:port`. */
  constructor(endpoint: string, config: ServerConfig) {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    // Without a scheme the exporter would want TLS.
    const url = `http://${endpoint.replace(/^http:\/\//, "")}`;
    const exporter = new OTLPTraceExporter({ url, timeoutMillis: deliveryTimeoutMs });
    this.#deliveries = new Deliveries("traces", url);
    this.#deliveries.watch(exporter);
    this.#provider = new TracerProvider({
      resource: resource(config),
      spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: batchDelayMs })],
    });
    this.#tracer = this.#provider.getTracer("backend");
  }

  /** To be called before any other hook is added: from here on the log of a request carries the ids. */
  observe(app: FastifyInstance, pool: Pool): void {
    this.#deliveries.log = app.log;
    traceQueries(pool, this.#tracer);
    app.addHook("onRequest", async (request, reply) => this.#begin(request, reply));
    // Not before: reading the body of a request loses the context.
    app.addHook("preHandler", (request, _reply, done) => {
      context.with(this.#contexts.get(request) ?? ROOT_CONTEXT, done);
    });
  }

  /** Keeps the reason of a 5xx with the request's span. */
  recordError(request: FastifyRequest, error: Error): void {
    const span = trace.getSpan(this.#contexts.get(request) ?? ROOT_CONTEXT);
    span?.recordException(error);
  }

  end(): Promise<void> {
    return this.#provider.shutdown();
  }

  #begin(request: FastifyRequest, reply: FastifyReply): void {
    const { method } = request;
    const route = request.routeOptions.url;
    const parent = propagator.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter);
    const span = this.#tracer.startSpan(
      route ? `${method} ${route}` : method,
      {
        kind: SpanKind.SERVER,
        attributes: {
          "http.request.method": method,
          "http.route": route,
          "url.path": request.url.split("?")[0],
          "url.scheme": request.protocol,
          "client.address": request.ip,
          "request.id": request.id,
        },
      },
      parent,
    );
    this.#contexts.set(request, trace.setSpan(parent, span));
    const { traceId, spanId, traceFlags } = span.spanContext();
    // The names of OpenTelemetry's specification for logs that aren't OTLP.
    const ids = { trace_id: traceId, span_id: spanId, trace_flags: traceFlags.toString(16).padStart(2, "0") };
    request.log = request.log.child(ids);
    reply.log = request.log;
    // Also when the client went away before the answer.
    reply.raw.once("close", () => endSpan(span, reply));
  }
}

function endSpan(span: Span, { raw }: FastifyReply): void {
  if (raw.headersSent) {
    span.setAttribute("http.response.status_code", raw.statusCode);
    if (raw.statusCode >= 500) {
      span.setAttribute("error.type", String(raw.statusCode));
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
  }
  span.end();
}
