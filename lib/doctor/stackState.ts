import { isGroup } from "../rawSettings";
import type { KnownContainer } from "./containers";

/** What the doctor reads in a stack's state. */
export interface StackState {
  readonly containers: readonly KnownContainer[];
  /** Operations that a killed update has left open. */
  readonly pending: number;
  /** Digest of what the machine was prepared with last. */
  readonly prepared: string | undefined;
}

/** From what `pulumi stack export` prints. */
export function stackState(exported: unknown): StackState {
  const deployment = isGroup(exported) && isGroup(exported.deployment) ? exported.deployment : {};
  const resources = groups(deployment.resources);
  return {
    // Those that wait for their deletion are gone soon, whatever they do.
    containers: resources
      .filter(({ type, delete: goes }) => type === "docker:index/container:Container" && goes !== true)
      .map(({ id, outputs }) => ({
        id: String(id),
        name: isGroup(outputs) ? String(outputs.name) : String(id),
      })),
    pending: groups(deployment.pending_operations).length,
    prepared: resources.map(({ outputs }) => preparedIn(outputs)).find((digest) => digest !== undefined),
  };
}

/** The step that prepares a machine prints what the machine noted. */
function preparedIn(outputs: unknown): string | undefined {
  const stdout = isGroup(outputs) ? outputs.stdout : undefined;
  if (typeof stdout !== "string" || !stdout.includes('"hostKey"')) return undefined;
  try {
    const result: unknown = JSON.parse(stdout);
    return isGroup(result) && typeof result.digest === "string" ? result.digest : undefined;
  } catch {
    return undefined;
  }
}

function groups(list: unknown): Record<string, unknown>[] {
  return Array.isArray(list) ? list.filter(isGroup) : [];
}
