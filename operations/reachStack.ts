import type { Connection } from "../lib/host/connection";
import { OperationError, readPulumi } from "./pulumi";
import { reachMachine } from "./ssh/reachMachine";
import { stackSettings } from "./stackFile";

interface State {
  readonly deployment: {
    readonly resources?: readonly {
      readonly type: string;
      readonly outputs?: { readonly connection?: Connection };
    }[];
  };
}

/** Stacks whose engine docker has been brought to, in this process. */
const reached = new Map<string, Promise<void>>();

/**
 * Has docker talk to the engine that the stack runs on: nothing is to be done for the one that it talks to anyway.
 *
 * @throws {OperationError} where the machine isn't prepared yet.
 */
export function reachStack(stack: string): Promise<void> {
  const reaching = reached.get(stack) ?? reach(stack);
  reached.set(stack, reaching);
  return reaching;
}

async function reach(stack: string): Promise<void> {
  const machine = await machineOf(stack);
  if (machine === "local") return;
  if (machine === "none yet") {
    throw new OperationError(
      `stack ${stack} has no prepared machine yet: \`pulumi up --stack ${stack}\` prepares it`,
    );
  }
  await reachMachine(machine);
}

/** How the stack's machine is logged in to. From the state, which has it also when the first update was killed. */
export async function machineOf(stack: string): Promise<Connection | "local" | "none yet"> {
  const { host } = await stackSettings(stack);
  if (host === undefined || host === "local") return "local";
  const { deployment } = JSON.parse(await readPulumi(stack, ["stack", "export"])) as State;
  const engine = deployment.resources?.find(({ type }) => type === "slipway:host:RemoteEngine");
  return engine?.outputs?.connection ?? "none yet";
}
