import type { ExportResult } from "@opentelemetry/core";
import {
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from "@opentelemetry/resources";
import type { FastifyBaseLogger } from "fastify";
import type { ServerConfig } from "../config.js";

/** How often what was collected is sent: a line is to be found in Loki within 5 s. */
export const batchDelayMs = 1_000;
/** How long one batch is tried. What comes meanwhile waits in a queue of 2,048, and what finds it full is dropped. */
export const deliveryTimeoutMs = 5_000;

/** Who sends: OTEL_SERVICE_NAME, OTEL_SERVICE_VERSION, and whatever OTEL_RESOURCE_ATTRIBUTES adds. */
export function resource(config: ServerConfig): Resource {
  return detectResources({ detectors: [envDetector] }).merge(
    resourceFromAttributes({
      "service.name": config.OTEL_SERVICE_NAME,
      "service.version": config.OTEL_SERVICE_VERSION ?? config.APP_VERSION,
    }),
  );
}

interface Exporter<Batch> {
  export(batch: Batch, done: (result: ExportResult) => void): void;
}

/** Tells when what is sent stops arriving, and when it arrives again: one line each, however often it fails. */
export class Deliveries {
  readonly #what: string;
  readonly #endpoint: string;
  #failing = false;
  /** Where it is told. The log of the server exists only after this. */
  log: FastifyBaseLogger | undefined;

  constructor(what: string, endpoint: string) {
    this.#what = what;
    this.#endpoint = endpoint;
  }

  watch<Batch>(exporter: Exporter<Batch>): void {
    const send = exporter.export.bind(exporter);
    exporter.export = (batch, done) =>
      send(batch, (result) => {
        this.#report(result.error);
        done(result);
      });
  }

  #report(error: Error | undefined): void {
    const failing = error !== undefined;
    if (failing === this.#failing) return;
    this.#failing = failing;
    const endpoint = this.#endpoint;
    if (failing) this.log?.warn({ endpoint, reason: error.message }, `${this.#what} are not delivered`);
    else this.log?.info({ endpoint }, `${this.#what} are delivered again`);
  }
}
