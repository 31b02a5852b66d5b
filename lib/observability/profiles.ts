import type { PartName } from "./parts";

/** How much of a system is observed. */
export const profiles = ["full", "noTraces", "metricsOnly", "off"] as const;

export type Profile = (typeof profiles)[number];

/** How long data is kept: past either of time and size, the oldest goes. */
export interface Retention {
  readonly metricsDays: number;
  readonly metricsGigabytes: number;
  readonly logsDays: number;
  readonly tracesDays: number;
}

const metrics: readonly PartName[] = [
  "prometheus",
  "alertmanager",
  "grafana",
  "guardian",
  "collector",
  "nodeExporter",
  "blackboxExporter",
  "postgresExporter",
  "redisExporter",
];

const partsByProfile: Readonly<Record<Profile, readonly PartName[]>> = {
  full: [...metrics, "loki", "tempo"],
  noTraces: [...metrics, "loki"],
  metricsOnly: metrics,
  off: [],
};

/** What runs. Of a server that somebody else runs there is no role to read statistics, so no exporter. */
export function partsOf(profile: Profile, { externalPostgres }: { readonly externalPostgres: boolean }) {
  const parts = partsByProfile[profile];
  return externalPostgres ? parts.filter((part) => part !== "postgresExporter") : parts;
}

/** What is kept unless the stack sets otherwise. */
export function defaultRetention(profile: Profile): Retention {
  // A machine of 2 GB of memory seldom has a large disk.
  const metricsGigabytes = profile === "metricsOnly" ? 2 : 4;
  return { metricsDays: 15, metricsGigabytes, logsDays: 7, tracesDays: 3 };
}
