import { expect, it } from "vitest";
import { ruleset } from "../../../../../lib/host/machine/firewall";

const ports = { http: 80, https: 443 };

it("lets SSH in from some networks, the proxy's ports from everywhere, and nothing else", () => {
  const rules = ruleset({ sshFrom: ["203.0.113.7/32", "2001:db8::/48", "198.51.100.0/24"], ports });
  expect(rules.join("\n")).toBe(`include "/etc/slipway/ssh-ports.nft"

# Loaded in one transaction: there is no moment without rules.
table inet slipway
delete table inet slipway
table inet slipway {
  set ssh_from_ipv4 {
    type ipv4_addr
    flags interval
    auto-merge
    elements = { 203.0.113.7/32, 198.51.100.0/24 }
  }

  set ssh_from_ipv6 {
    type ipv6_addr
    flags interval
    auto-merge
    elements = { 2001:db8::/48 }
  }

  chain input {
    type filter hook input priority filter; policy drop;
    iifname "lo" accept
    ct state vmap { established : accept, related : accept, invalid : drop }
    meta l4proto { icmp, ipv6-icmp } accept
    ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept
    ip saddr @ssh_from_ipv4 tcp dport $ssh_ports accept
    ip6 saddr @ssh_from_ipv6 tcp dport $ssh_ports accept
    tcp dport { 80, 443 } accept
    udp dport 443 accept
  }

  # Before Docker's rules, which still decide on what is accepted here.
  chain forward {
    type filter hook forward priority filter - 10; policy drop;
    ip daddr 169.254.169.254 drop
    ip6 daddr fd00:ec2::254 drop
    ct state vmap { established : accept, related : accept, invalid : drop }
    iifname "docker0" accept
    iifname "br-*" accept
    meta l4proto tcp ct status dnat ct original proto-dst 80 accept
    meta l4proto tcp ct status dnat ct original proto-dst 443 accept
    meta l4proto udp ct status dnat ct original proto-dst 443 accept
  }
}`);
});

it("has no elements for a family that no network is of: nft takes no empty list", () => {
  const rules = ruleset({ sshFrom: ["203.0.113.7/32"], ports });
  expect(rules.filter((rule) => rule.includes("elements"))).toEqual(["    elements = { 203.0.113.7/32 }"]);
});

it("publishes the ports of the stack", () => {
  const rules = ruleset({ sshFrom: ["203.0.113.7/32"], ports: { http: 8080, https: 8443 } }).join("\n");
  expect(rules).toContain("tcp dport { 8080, 8443 } accept");
  expect(rules).toContain("udp dport 8443 accept");
  expect(rules).toContain("meta l4proto udp ct status dnat ct original proto-dst 8443 accept");
  expect(rules).not.toMatch(/\b(80|443)\b/);
});
