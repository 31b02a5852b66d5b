import { type PartName, partNames } from "./parts";

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

/** What each leaves out of all that is possible. */
const omitted: Readonly<Record<Exclude<Profile, "off">, readonly PartName[]>> = {
  full: [],
  noTraces: ["tempo"],
  metricsOnly: ["tempo", "loki"],
};

/** What runs. Of a server that somebody else runs there is no role to read statistics, so no exporter. */
export function partsOf(
  profile: Profile,
  {
    externalPostgres,
    possible = partNames,
  }: { readonly externalPostgres: boolean; readonly possible?: readonly PartName[] },
): readonly PartName[] {
  if (profile === "off") return [];
  const left = externalPostgres ? possible.filter((part) => part !== "postgresExporter") : possible;
  return left.filter((part) => !omitted[profile].includes(part));
}

/** What is kept unless the stack sets otherwise. */
export function defaultRetention(profile: Profile): Retention {
  // A machine of 2 GB of memory seldom has a large disk.
  const metricsGigabytes = profile === "metricsOnly" ? 2 : 4;
  return { metricsDays: 15, metricsGigabytes, logsDays: 7, tracesDays: 3 };
}
