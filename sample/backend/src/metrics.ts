import type { Pool } from "pg";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export interface MetricSources {
  readonly version: string;
  readonly pool: Pool;
  openWebSockets(): number;
}

export interface ServedRequest {
  readonly method: string;
  /** The pattern, never the path itself: a label of its own for each path would fill Prometheus. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** What Prometheus scrapes. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Counter({
    name: "http_requests_total",
    help: "Requests answered",
    labelNames: ["method", "route", "status"],
    registers: [this.#registry],
  });
  readonly #duration = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time from the request's head to the end of its answer",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [this.#registry],
  });

  constructor({ version, pool, openWebSockets }: MetricSources) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    new Gauge({
      name: "app_info",
      help: "Always 1; the label is the version",
      labelNames: ["version"],
      registers,
    }).set({ version }, 1);
    new Gauge({
      name: "websocket_connections",
      help: "WebSockets open on this replica",
      registers,
      collect() {
        this.set(openWebSockets());
      },
    });
    new Gauge({
      name: "database_pool_connections",
      help: "Connections of the pool by state, and the queries that wait for one",
      labelNames: ["state"],
      registers,
      collect() {
        this.set({ state: "idle" }, pool.idleCount);
        this.set({ state: "busy" }, pool.totalCount - pool.idleCount);
        this.set({ state: "waiting" }, pool.waitingCount);
      },
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  count({ method, route, status, seconds }: ServedRequest): void {
    const labels = { method, route, status: String(status) };
    this.#requests.inc(labels);
    this.#duration.observe(labels, seconds);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
