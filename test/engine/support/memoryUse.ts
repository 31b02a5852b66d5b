import { docker, type Inspection } from "../harness/engine";

/** MiB that each container uses, with its service, sorted by that. */
export async function memoryUse(
  containers: readonly Inspection[],
): Promise<readonly (readonly [service: string, mebibytes: number])[]> {
  const rows = await Promise.all(
    containers.map(async ({ Id, Config }) => {
      const used = await docker("stats", "--no-stream", "--format", "{{.MemUsage}}", Id);
      return [Config.Labels["slipway.service"] ?? "", mebibytes(used)] as const;
    }),
  );
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
}

export function sum(rows: readonly (readonly [string, number])[]): number {
  return rows.reduce((total, [, used]) => total + used, 0);
}

/** Of "52.05MiB / 512MiB". */
function mebibytes(usage: string): number {
  const [, amount = "", unit = ""] = /^([\d.]+)([KMG]i)?B /.exec(usage) ?? [];
  const factor = { Ki: 1 / 1024, Mi: 1, Gi: 1024 }[unit];
  if (factor === undefined) throw new Error(`docker stats says "${usage}"`);
  return Number(amount) * factor;
}
