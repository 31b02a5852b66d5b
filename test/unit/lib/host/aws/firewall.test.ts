import { expect, it } from "vitest";
import { cidr, openings } from "../../../../../lib/host/aws/firewall";

it("opens SSH to the networks of the stack, the proxy's ports and ping to everybody, and nothing else", () => {
  const found = openings({
    sshFrom: ["203.0.113.7/32", "2001:db8::/48"],
    ports: { http: 8080, https: 8443 },
  });
  const rows = found.map(({ name, protocol, from, to, network }) =>
    [name, protocol, from, to, network].join(" "),
  );
  expect(rows).toEqual([
    "ssh-203-0-113-7-32 tcp 22 22 203.0.113.7/32",
    "ssh-2001-db8---48 tcp 22 22 2001:db8::/48",
    "http-ipv4 tcp 8080 8080 0.0.0.0/0",
    "https-ipv4 tcp 8443 8443 0.0.0.0/0",
    "quic-ipv4 udp 8443 8443 0.0.0.0/0",
    "http-ipv6 tcp 8080 8080 ::/0",
    "https-ipv6 tcp 8443 8443 ::/0",
    "quic-ipv6 udp 8443 8443 ::/0",
    "ping-ipv4 icmp 8 0 0.0.0.0/0",
    "ping-ipv6 icmpv6 128 0 ::/0",
  ]);
  // What EC2 takes in a description.
  for (const { description } of found) expect(description).toMatch(/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]+$/);
});

it("names networks apart that differ in a colon only, and takes one that is listed twice once", () => {
  const sshFrom = ["2001:db8::1/128", "2001:db8:1::/128", "2001:db8::1/128"];
  const names = openings({ sshFrom, ports: { http: 80, https: 443 } }).map(({ name }) => name);
  expect(names.slice(0, 3)).toEqual(["ssh-2001-db8--1-128", "ssh-2001-db8-1---128", "http-ipv4"]);
});

it("gives a network by the key of its family", () => {
  expect(cidr("203.0.113.7/32")).toEqual({ cidrIpv4: "203.0.113.7/32" });
  expect(cidr("2001:db8::/48")).toEqual({ cidrIpv6: "2001:db8::/48" });
});
