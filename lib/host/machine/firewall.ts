import { file, type Part, quoted } from "./part";

const rules = "/etc/slipway/firewall.nft";
const sshPorts = "/etc/slipway/ssh-ports.nft";
const unit = "slipway-firewall.service";

/** Where clouds tell a machine who it is, keys of its role among it. Nothing in a container has a reason to ask. */
const metadata = { ipv4: "169.254.169.254", ipv6: "fd00:ec2::254" };

export interface FirewallArgs {
  readonly sshFrom: readonly string[];
  readonly ports: { readonly http: number; readonly https: number };
}

/**
 * The machine's own firewall: SSH from some networks, the proxy's ports from everywhere, nothing else.
 *
 * A table that nothing but its unit touches. Docker's own rules accept all that a container publishes; what this table
 * drops never reaches them, and a restart of Docker changes nothing in it.
 */
export function firewall(args: FirewallArgs): Part {
  const { http, https } = args.ports;
  return {
    name: "firewall",
    summary: `firewall: ssh from ${args.sshFrom.join(", ")}; ${http}/tcp, ${https}/tcp, ${https}/udp from everywhere`,
    check: lockoutCheck(args.sshFrom),
    files: [
      file(rules, ruleset(args), "firewall"),
      file(`/etc/systemd/system/${unit}`, serviceUnit, "units"),
      file("/etc/systemd/system/docker.service.d/10-slipway-firewall.conf", dockerDropIn, "units"),
    ],
    script,
  };
}

/** Whoever runs this over SSH must be able to come back. */
function lockoutCheck(sshFrom: readonly string[]): string {
  return `
local client
client=$(client_address)
if [ -n "$client" ]; then
  python3 - "$client" ${sshFrom.map(quoted).join(" ")} << 'END' || fail "you are logged in from $client, which slipway:machine.sshFrom (${sshFrom.join(", ")}) doesn't contain: you would be locked out. Add $client"
import ipaddress, sys
client = ipaddress.ip_address(sys.argv[1].split("%")[0])
client = getattr(client, "ipv4_mapped", None) or client
sys.exit(not any(client in ipaddress.ip_network(network, strict=False) for network in sys.argv[2:]))
END
fi`;
}

export function ruleset({ sshFrom, ports }: FirewallArgs): string[] {
  const ipv6 = sshFrom.filter((network) => network.includes(":"));
  const ipv4 = sshFrom.filter((network) => !network.includes(":"));
  const tcp = `{ ${ports.http}, ${ports.https} }`;
  return [
    `include "${sshPorts}"`,
    "",
    "# Loaded in one transaction: there is no moment without rules.",
    "table inet slipway",
    "delete table inet slipway",
    "table inet slipway {",
    ...networks("ssh_from_ipv4", "ipv4_addr", ipv4),
    ...networks("ssh_from_ipv6", "ipv6_addr", ipv6),
    "  chain input {",
    "    type filter hook input priority filter; policy drop;",
    '    iifname "lo" accept',
    "    ct state vmap { established : accept, related : accept, invalid : drop }",
    "    meta l4proto { icmp, ipv6-icmp } accept",
    "    ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept",
    "    ip saddr @ssh_from_ipv4 tcp dport $ssh_ports accept",
    "    ip6 saddr @ssh_from_ipv6 tcp dport $ssh_ports accept",
    `    tcp dport ${tcp} accept`,
    `    udp dport ${ports.https} accept`,
    "  }",
    "",
    "  # Before Docker's rules, which still decide on what is accepted here.",
    "  chain forward {",
    "    type filter hook forward priority filter - 10; policy drop;",
    `    ip daddr ${metadata.ipv4} drop`,
    `    ip6 daddr ${metadata.ipv6} drop`,
    "    ct state vmap { established : accept, related : accept, invalid : drop }",
    '    iifname "docker0" accept',
    '    iifname "br-*" accept',
    // One by one: nft 1.0 doesn't know the type of a set of them.
    `    meta l4proto tcp ct status dnat ct original proto-dst ${ports.http} accept`,
    `    meta l4proto tcp ct status dnat ct original proto-dst ${ports.https} accept`,
    `    meta l4proto udp ct status dnat ct original proto-dst ${ports.https} accept`,
    "  }",
    "}",
  ];
}

function networks(name: string, type: string, elements: readonly string[]): string[] {
  return [
    `  set ${name} {`,
    `    type ${type}`,
    "    flags interval",
    "    auto-merge",
    ...(elements.length === 0 ? [] : [`    elements = { ${elements.join(", ")} }`]),
    "  }",
    "",
  ];
}

/** nftables.service, where it is on, begins by removing everybody's tables. */
const serviceUnit: readonly string[] = [
  "[Unit]",
  "Description=Firewall of the machine",
  "DefaultDependencies=no",
  "After=local-fs.target nftables.service",
  "Wants=network-pre.target",
  "Before=network-pre.target docker.service shutdown.target",
  "Conflicts=shutdown.target",
  "PartOf=nftables.service",
  "ReloadPropagatedFrom=nftables.service",
  "",
  "[Service]",
  "Type=oneshot",
  "RemainAfterExit=yes",
  `ExecStart=/usr/sbin/nft -f ${rules}`,
  `ExecReload=/usr/sbin/nft -f ${rules}`,
  "",
  "[Install]",
  "WantedBy=sysinit.target",
];

/** Not by Requires: a restart of the firewall would restart the engine. */
const dockerDropIn: readonly string[] = [
  "[Unit]",
  `Wants=${unit}`,
  `After=${unit}`,
  "",
  "[Service]",
  "# Nothing is published on a machine without rules.",
  "ExecStartPre=/bin/sh -c 'nft list table inet slipway > /dev/null'",
];

const script = `
# sshd may listen elsewhere than on 22.
local ports
mkdir -p /run/sshd
ports=$(sshd -T 2> /dev/null | awk '$1 == "port" { printf "%s%s", separator, $2; separator = ", " }') || true
printf 'define ssh_ports = { %s }\\n' "\${ports:-22}" | write 0644 ${sshPorts} firewall
nft -c -f ${rules} || fail "nft refuses ${rules}"
settle units systemctl daemon-reload
systemctl enable --quiet ${unit}
nft list table inet slipway > /dev/null 2>&1 || pending firewall
systemctl is-active --quiet ${unit} || systemctl start ${unit}
settle firewall systemctl reload ${unit}
if systemctl is-active --quiet ufw && [[ "$(ufw status 2> /dev/null)" == "Status: active"* ]]; then
  say "  ufw is active besides: what it blocks stays blocked"
fi`;
