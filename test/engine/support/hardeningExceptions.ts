import { docker, type Inspection } from "../harness/engine";
import { benchmarkChecks } from "./benchmarkChecks";
import { houseChecks } from "./houseChecks";
import { inspectAll, serviceOf } from "./inspection";

/** Of the backup service, which reads what others own. */
export const backupExceptions: readonly string[] = [
  "folders in memory hold no programs and have a size",
  "it runs as a user that is not root, by number",
];

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
