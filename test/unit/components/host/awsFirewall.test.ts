import { expect, it } from "vitest";
import { awsShop, recordAws } from "./aws";

const group = "host-firewall-group-id";

it("lets in SSH from the networks of the stack, and from everywhere the proxy's ports and ping", async () => {
  const sshFrom = ["203.0.113.7/32", "2001:db8::/48"];
  const config = awsShop({}, { sshFrom }, { ports: { http: 8080, https: 8443 } });
  const recording = await recordAws(config);
  const incoming = recording.ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
  const everywhere = { v4: { cidrIpv4: "0.0.0.0/0" }, v6: { cidrIpv6: "::/0" } };
  const rule = (
    description: string,
    ipProtocol: string,
    fromPort: number,
    toPort: number,
    network: object,
  ) => ({
    ...{ securityGroupId: group, description, ipProtocol, fromPort, toPort },
    ...network,
  });
  expect(Object.fromEntries(incoming.map(({ name, inputs }) => [name, inputs]))).toEqual({
    "host-firewall-ssh-203-0-113-7-32": rule("SSH", "tcp", 22, 22, { cidrIpv4: "203.0.113.7/32" }),
    "host-firewall-ssh-2001-db8---48": rule("SSH", "tcp", 22, 22, { cidrIpv6: "2001:db8::/48" }),
    "host-firewall-http-ipv4": rule("HTTP", "tcp", 8080, 8080, everywhere.v4),
    "host-firewall-http-ipv6": rule("HTTP", "tcp", 8080, 8080, everywhere.v6),
    "host-firewall-https-ipv4": rule("HTTPS", "tcp", 8443, 8443, everywhere.v4),
    "host-firewall-https-ipv6": rule("HTTPS", "tcp", 8443, 8443, everywhere.v6),
    "host-firewall-quic-ipv4": rule("HTTP/3", "udp", 8443, 8443, everywhere.v4),
    "host-firewall-quic-ipv6": rule("HTTP/3", "udp", 8443, 8443, everywhere.v6),
    "host-firewall-ping-ipv4": rule("Ping", "icmp", 8, 0, everywhere.v4),
    "host-firewall-ping-ipv6": rule("Ping", "icmpv6", 128, 0, everywhere.v6),
  });
});

it("lets out everything", async () => {
  const recording = await recordAws(awsShop());
  const outgoing = recording.ofType("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule");
  const rule = { securityGroupId: group, description: "Everything", ipProtocol: "-1" };
  expect(outgoing.map(({ inputs }) => inputs)).toEqual([
    { ...rule, cidrIpv4: "0.0.0.0/0" },
    { ...rule, cidrIpv6: "::/0" },
  ]);
});

it("has all its rules before the machine is in the group", async () => {
  const recording = await recordAws(awsShop());
  expect(recording.get("host-firewall-group").inputs).toEqual({
    vpcId: "host-network-vpc-id",
    description: "What reaches the machine, and what it reaches",
  });
  const { dependencies } = recording.get("host-address-interface");
  const rules = recording.all.filter(({ type }) => /securityGroup(?:In|E)gressRule/.test(type));
  expect(dependencies).toEqual(expect.arrayContaining(rules.map(({ name }) => name)));
  expect(rules).toHaveLength(11);
});
