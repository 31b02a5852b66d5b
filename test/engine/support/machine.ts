import { networkInterfaces } from "node:os";

/** The machine's address in the engine's default network, which containers of all networks reach. */
export function machineAddress(): string {
  const address = networkInterfaces().docker0?.find(({ family }) => family === "IPv4")?.address;
  if (address === undefined) throw new Error("this machine has no network interface docker0 with an address");
  return address;
}
