/** Ports that are open to whom. */
export interface Opening {
  /** `tcp`, `udp`, `icmp`, or another name or number of a protocol; `-1` is all. */
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  /** Networks in CIDR form. */
  readonly sources: readonly string[];
}

export const everyPort = { from: 0, to: 65535 };

/**
 * Whether the network is the internet, or so much of it that it makes no difference: 0.0.0.0/0 is also 0.0.0.0/1 and
 * 128.0.0.0/1. Nobody has a network larger than a /8, or than a /16 of IPv6.
 */
export function isWorld(network: string): boolean {
  const [address = "", length] = network.split("/");
  if (length === undefined) return false;
  return Number(length) < (address.includes(":") ? 16 : 8);
}

/** Networks of the opening that are the internet. */
export function worldOf({ sources }: Opening): string[] {
  return sources.filter(isWorld);
}

/** Exactly SSH's own port, which has a rule of its own. */
export function isSsh({ protocol, from, to }: Opening): boolean {
  return protocol === "tcp" && from === 22 && to === 22;
}

/** What everybody may reach: the proxy, and ping. */
export function isPublic({ protocol, from, to }: Opening): boolean {
  if (/^(?:icmp|icmpv6|1|58)$/.test(protocol)) return true;
  if (from !== to) return false;
  return (protocol === "tcp" && (from === 80 || from === 443)) || (protocol === "udp" && from === 443);
}

/** `tcp 8000-9000` */
export function shown({ protocol, from, to }: Opening): string {
  return `${protocol === "-1" ? "every protocol" : protocol} ${from === to ? from : `${from}-${to}`}`;
}
