import { preparation } from "../../../lib/host/machine/preparation";
import { TestStack } from "../../engine/harness/stack";
import { MachineDouble } from "./machineDouble";
import type { UserKey } from "./userKey";

export const ports = { http: 80, https: 443 };

/** What the key `machine` of a stack has for a double. */
export function machineSettings(machine: Pick<MachineDouble, "subnet">, key: UserKey) {
  // Swap belongs to the kernel, and that is the tester's.
  return { sshFrom: [machine.subnet], publicKeys: [key.publicKey], swap: 0 };
}

/** What such a machine is prepared with: a stack of {@link stackOn} has the same. */
export function preparationOf(machine: Pick<MachineDouble, "subnet">, key: UserKey) {
  return preparation({ ...machineSettings(machine, key), ports, dataDevice: MachineDouble.disk });
}

export interface StackOnOptions {
  /** Who logs in until the machine is prepared. */
  readonly user: string;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A stack of Clubhouse on a double, with nothing deployed yet. */
export async function stackOn(
  machine: MachineDouble,
  key: UserKey,
  options: StackOnOptions,
): Promise<TestStack> {
  const { address } = machine;
  return TestStack.create(machine.container, {
    ports,
    machine: { address, docker: machine.docker, environment: key.environment },
    settings: {
      host: "ssh",
      machine: machineSettings(machine, key),
      ssh: { address, user: options.user, hostKey: await machine.hostKey(), dataDevice: MachineDouble.disk },
      ...options.settings,
    },
  });
}
