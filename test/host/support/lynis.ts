import type { MachineDouble } from "../harness/machineDouble";

export interface Audit {
  /** Of 100. */
  readonly hardeningIndex: number;
  /** What it suggests, by test: `SSH-7408: Consider hardening SSH configuration`. */
  readonly suggestions: readonly string[];
}

/** Has Lynis look at the machine. Half a minute. */
export async function audit(machine: MachineDouble): Promise<Audit> {
  await machine.attempt("lynis audit system --quick --quiet --no-colors");
  const report = await machine.exec("cat /var/log/lynis-report.dat");
  const suggestions = [...report.matchAll(/^(?:suggestion|warning)\[\]=([^|]*)\|([^|]*)/gm)];
  return {
    hardeningIndex: Number(/^hardening_index=(\d+)$/m.exec(report)?.[1]),
    suggestions: suggestions.map(([, test, text]) => `${test}: ${text}`),
  };
}
