import { mapValues } from "../../../lib/records";
import { docker, type Inspection } from "../harness/engine";
import { benchmarkChecks } from "./benchmarkChecks";
import { houseChecks } from "./houseChecks";
import { inspectAll, serviceOf } from "./inspection";

/** Of the backup service, which reads what others own. */
export const backupExceptions: readonly string[] = [
  "folders in memory hold no programs and have a size",
  "it runs as a user that is not root, by number",
];

const mount = "no folder of the host is mounted: only volumes, in their place";

/** Of what observes with the profile `metricsOnly`: the collector's image has no program to ask its health by, the engine's socket is root's. */
export const metricsExceptions = {
  collector: ["its health is checked, unless it runs once"],
  guardian: [mount, "the engine's socket is not in it", ...backupExceptions],
  "node-exporter": [mount],
} as const;

/** Of what observes with the profile `full`: the engine's log files are root's too. */
export const observabilityExceptions = {
  ...metricsExceptions,
  collector: [mount, ...metricsExceptions.collector, ...backupExceptions],
};

/** What {@link hardeningExceptions} finds in a stack that is backed up and has these others. */
export function expectedExceptions(
  others: Readonly<Record<string, readonly string[]>> = {},
): Readonly<Record<string, readonly string[]>> {
  return mapValues({ backup: backupExceptions, ...others }, (titles) => [...titles].sort());
}

/** What containers lack of the checks that every one should pass, by their services: those that pass all aren't there. */
export async function hardeningExceptions(
  containers: readonly Inspection[],
): Promise<Readonly<Record<string, readonly string[]>>> {
  const options = JSON.parse(await docker("info", "--format", "{{json .SecurityOptions}}")) as string[];
  const engine = { appArmor: options.some((option) => option.startsWith("name=apparmor")) };
  const lacking: Record<string, string[]> = {};
  for (const container of await inspectAll(containers.map(({ Id }) => Id))) {
    const titles = [...benchmarkChecks, ...houseChecks]
      .filter(({ problem }) => problem(container, engine) !== undefined)
      .map(({ title }) => title);
    if (titles.length > 0) lacking[serviceOf(container)] = titles.sort();
  }
  return lacking;
}
