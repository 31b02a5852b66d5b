import { availableParallelism, totalmem } from "node:os";

const gibibyte = 2 ** 30;
/** What linking one of the programs takes at its peak, with room to spare. */
const memoryOfOne = 4 * gibibyte;

/** How many pieces are built side by side: each keeps two cores busy. */
export function lanes(cores = availableParallelism(), memory = totalmem()): number {
  return Math.max(1, Math.min(Math.floor(cores / 2), Math.floor(memory / memoryOfOne)));
}

/** How many compilers one build runs at a time. */
export function goProcesses(cores = availableParallelism(), memory = totalmem()): number {
  return Math.max(1, Math.floor(cores / lanes(cores, memory)));
}

/** Runs the tasks in order, so many at a time. The first failure is thrown when those under way have ended. */
export async function inLanes(count: number, tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...tasks];
  const failures: unknown[] = [];
  const lane = async () => {
    for (let task = waiting.shift(); task !== undefined && failures.length === 0; task = waiting.shift()) {
      await task().catch((failure: unknown) => failures.push(failure));
    }
  };
  await Promise.all(Array.from({ length: count }, lane));
  if (failures.length > 0) throw failures[0];
}
