import { parseImage } from "../image";
import type { PartName } from "./parts";

/** Major and minor version, and patch where the tag has one. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

interface Support {
  /** For error messages. */
  readonly form: string;
  readonly accepts: (version: Version) => boolean;
}

/** Parts whose configuration or health check depends on the version. The others are taken as they come. */
const supported: Partial<Record<PartName, Support>> = {
  prometheus: {
    form: "Prometheus 2.50 or later, or 3.x, with the version in its tag, such as prom/prometheus:v2.54.1",
    accepts: ({ major, minor }) => (major === 2 && minor >= 50) || major === 3,
  },
  alertmanager: {
    form: "Alertmanager 0.28 or later, with the version in its tag, such as prom/alertmanager:v0.34.2",
    accepts: ({ major, minor }) => major === 0 && minor >= 28,
  },
  grafana: {
    form: "Grafana 11, 12 or 13, with the version in its tag, such as grafana/grafana:11.2.0",
    accepts: ({ major }) => major >= 11 && major <= 13,
  },
  loki: {
    form: "Loki 3.0 to 3.5, or 3.6.5 or later, with the version in its tag, such as grafana/loki:3.0.1",
    // 3.6 has no shell any more, and until 3.6.5 nothing else that its health could be asked with.
    accepts: ({ major, minor, patch }) =>
      major === 3 && (minor <= 5 || minor > 6 || (minor === 6 && patch >= 5)),
  },
  tempo: {
    form: "Tempo 2.6 or a later 2.x, with the version in its tag, such as grafana/tempo:2.6.1",
    accepts: ({ major, minor }) => major === 2 && minor >= 6,
  },
  collector: {
    form: "the OpenTelemetry Collector 0.149 or later, with the version in its tag, such as otel/opentelemetry-collector-contrib:0.164.0",
    // Its components had other names before.
    accepts: ({ major, minor }) => major > 0 || minor >= 149,
  },
};

/** What a pin of the image must be, for error messages; undefined when any will do. */
export function supportedForm(image: string): string | undefined {
  return supported[image as PartName]?.form;
}

/** Whether there is a configuration for the version that the pin names. */
export function isSupported(image: string, pin: string): boolean {
  const support = supported[image as PartName];
  if (support === undefined) return true;
  const version = versionOf(pin);
  return version !== undefined && support.accepts(version);
}

/** The version in the pin's tag, or undefined when it tells none. */
export function versionOf(pin: string): Version | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?![\d.])/.exec(parseImage(pin)?.tag ?? "");
  if (match === null) return undefined;
  const [, major, minor, patch] = match;
  // A tag without a patch level moves; its newest patch is meant.
  return {
    major: Number(major),
    minor: Number(minor),
    patch: patch === undefined ? Number.MAX_SAFE_INTEGER : Number(patch),
  };
}

/**
 * The version of a part that runs.
 *
 * @throws {RangeError} when the pin tells none.
 */
export function partVersion(pins: Readonly<Partial<Record<PartName, string>>>, part: PartName): Version {
  const pin = pins[part] ?? "";
  const version = versionOf(pin);
  if (version === undefined)
    throw new RangeError(`images.${part} is "${pin}": it must be ${supportedForm(part)}`);
  return version;
}
