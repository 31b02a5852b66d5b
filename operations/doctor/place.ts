import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type { Connection } from "../../lib/host/connection";
import { toolEnvironment } from "../../setup/environment";

/** Where the stack's ports are, seen from here. */
export interface Place {
  /** To connect with, whatever the records of the domains say. */
  readonly connect: string;
  /** To look for open ports at. */
  readonly scan: string;
  /** The machine's public addresses, where they are known. */
  readonly addresses: readonly string[];
  /** Whether the ports are this machine's own. */
  readonly own: boolean;
}

/** @param engine DOCKER_HOST: its host is the machine's, unless the engine is here. */
export async function placeOf(
  machine: Connection | undefined,
  engine = toolEnvironment().DOCKER_HOST,
): Promise<Place> {
  const host = machine?.address ?? hostOf(engine);
  if (host === undefined) return { connect: "127.0.0.1", scan: ownAddress(), addresses: [], own: true };
  const addresses = await addressesOf(host);
  const [connect = host] = addresses;
  return { connect, scan: connect, addresses, own: false };
}

/** Addresses that a name leads to; none when it leads nowhere. */
export async function addressesOf(name: string): Promise<string[]> {
  if (isIP(name) !== 0) return [name];
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTFOUND" || code === "ENODATA") return [];
    throw error;
  }
}

function hostOf(engine: string | undefined): string | undefined {
  if (engine === undefined || !/^(?:ssh|tcp|https?):/.test(engine) || !URL.canParse(engine)) return undefined;
  return new URL(engine).hostname.replace(/^\[(.*)\]$/, "$1");
}

/** The one that others reach: what listens on 127.0.0.1 is open to nobody. */
function ownAddress(): string {
  const all = Object.entries(networkInterfaces()).filter(([name]) => !/^(?:docker|br-|veth)/.test(name));
  const outer = all
    .flatMap(([, list]) => list ?? [])
    .find(({ internal, family }) => !internal && family === "IPv4");
  return outer?.address ?? "127.0.0.1";
}
