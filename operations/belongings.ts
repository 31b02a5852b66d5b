import { loadExeca } from "../lib/execa";
import { toolEnvironment } from "../setup/environment";
import { readPulumi } from "./pulumi";
import { reachStack } from "./reachStack";

/** Runs docker on the engine of the stacks, and gives the lines that it prints. */
export async function docker(...args: readonly string[]): Promise<string[]> {
  const { execa } = await loadExeca();
  const { stdout } = await execa("docker", args, { env: toolEnvironment(), stdin: "ignore" });
  return stdout.split("\n").filter((line) => line !== "");
}

/** Name of the stack's system. */
export async function systemOf(stack: string): Promise<string> {
  return (await readPulumi(stack, ["config", "get", "app"])).trim();
}

/**
 * Options for docker that list only what belongs to the stack, and not to another system's stack of the same name. From
 * then on docker asks the engine of the stack.
 */
export async function belongingTo(stack: string): Promise<string[]> {
  const system = await systemOf(stack);
  await reachStack(stack);
  return filtersOf(stack, system);
}

/** As {@link belongingTo}, of a system that is known. */
export function filtersOf(stack: string, system: string): string[] {
  return ["--filter", `label=slipway.stack=${stack}`, "--filter", `label=slipway.system=${system}`];
}
