import { context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import type { Pool } from "pg";
import { sqlState } from "../database.js";

/**
 * A span for each query that a request makes. The text is part of it, its values are not: they are always sent apart.
 * A few lines instead of the instrumentation of `pg`, which needs a hook in the loader of modules.
 */
export function traceQueries(pool: Pool, tracer: Tracer): void {
  const query = pool.query.bind(pool) as (text: string, values?: unknown[]) => Promise<unknown>;
  const traced = async (text: string, values?: unknown[]) => {
    if (!trace.getActiveSpan()) return query(text, values);
    const span = startSpan(pool, tracer, text);
    try {
      return await context.with(trace.setSpan(context.active(), span), () => query(text, values));
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  };
  pool.query = traced as typeof pool.query;
}

function startSpan(pool: Pool, tracer: Tracer, text: string): Span {
  const { host, port, database } = pool.options;
  const operation = text.match(/\w+/)?.[0].toUpperCase() ?? "";
  const table = text.match(/\b(?:FROM|INTO|UPDATE)\s+(\w+)/i)?.[1];
  return tracer.startSpan(table ? `${operation} ${table}` : operation, {
    kind: SpanKind.CLIENT,
    attributes: {
      "db.system.name": "postgresql",
      "db.namespace": database,
      "db.operation.name": operation,
      "db.collection.name": table,
      "db.query.text": text,
      "server.address": host,
      "server.port": port,
    },
  });
}

function fail(span: Span, error: unknown): void {
  const state = sqlState(error);
  const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
  span.setAttributes({ "error.type": state ?? name, "db.response.status_code": state });
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
