export interface FirewallArgs {
  /** Networks that SSH is open to. */
  readonly sshFrom: readonly string[];
  readonly ports: { readonly http: number; readonly https: number };
}

/** What a security group lets in, in AWS' terms. */
export interface Opening {
  /** Tells the openings apart, whatever their order is. */
  readonly name: string;
  readonly description: string;
  readonly protocol: "tcp" | "udp" | "icmp" | "icmpv6";
  /** A port; of ICMP the type. */
  readonly from: number;
  /** A port; of ICMP the code. */
  readonly to: number;
  readonly network: string;
}

/** The same that the firewall on the machine lets in; all else is dropped. */
export function openings({ sshFrom, ports: { http, https } }: FirewallArgs): Opening[] {
  return [
    ...[...new Set(sshFrom)].map((network) => ({
      ...open("ssh", "SSH", "tcp", 22, network),
      name: `ssh-${network.replace(/[./:]/g, "-")}`,
    })),
    ...everywhere.flatMap(({ family, network }) => [
      open(`http-${family}`, "HTTP", "tcp", http, network),
      open(`https-${family}`, "HTTPS", "tcp", https, network),
      open(`quic-${family}`, "HTTP/3", "udp", https, network),
    ]),
    // Whether a machine is there is asked by ping. What else of ICMP a connection needs comes with the connection.
    { ...open("ping-ipv4", "Ping", "icmp", 8, "0.0.0.0/0"), to: 0 },
    { ...open("ping-ipv6", "Ping", "icmpv6", 128, "::/0"), to: 0 },
  ];
}

export const everywhere = [
  { family: "ipv4", network: "0.0.0.0/0" },
  { family: "ipv6", network: "::/0" },
] as const;

/** The key of a rule that a network is given by. */
export function cidr(network: string): { readonly cidrIpv4: string } | { readonly cidrIpv6: string } {
  return network.includes(":") ? { cidrIpv6: network } : { cidrIpv4: network };
}

function open(
  name: string,
  description: string,
  protocol: Opening["protocol"],
  port: number,
  network: string,
): Opening {
  return { name, description, protocol, from: port, to: port, network };
}
