import { describe, expect, test } from "vitest";
import { issuers, relativeName, zoneRecords } from "../../../../lib/dns/records";

const common = { ipv4: "192.0.2.7", ttl: 300, authorities: [] };

describe("zoneRecords", () => {
  test("each host has an A and a CAA record, by name", () => {
    const records = zoneRecords({
      hosts: ["web.example.com", "example.com"],
      ipv4: "192.0.2.7",
      ttl: 600,
      authorities: ["letsencrypt.org"],
    });

    expect(records).toEqual([
      { type: "A", name: "example.com", values: ["192.0.2.7"], ttl: 600 },
      { type: "CAA", name: "example.com", values: ["letsencrypt.org"], ttl: 600 },
      { type: "A", name: "web.example.com", values: ["192.0.2.7"], ttl: 600 },
      { type: "CAA", name: "web.example.com", values: ["letsencrypt.org"], ttl: 600 },
    ]);
  });

  test("a host that two domains share has its records once", () => {
    const records = zoneRecords({ ...common, hosts: ["a.example.com", "a.example.com"] });

    expect(records).toEqual([{ type: "A", name: "a.example.com", values: ["192.0.2.7"], ttl: 300 }]);
  });

  test.each(["localhost", "app.localhost", "192.0.2.1", "server"])("%s is in no zone", (host) => {
    expect(zoneRecords({ ...common, hosts: [host] })).toEqual([]);
  });
});

describe("relativeName", () => {
  test.each([
    ["example.com", "example.com", "@"],
    ["app.example.com", "example.com", "app"],
    ["grafana.app.example.com", "example.com", "grafana.app"],
  ])("%s in %s is %s", (name, zone, relative) => {
    expect(relativeName(name, zone)).toBe(relative);
  });

  test.each(["example.org", "notexample.com", "com"])("%s is not in example.com", (name) => {
    expect(() => relativeName(name, "example.com")).toThrow(
      `slipway:domains has ${name}: it must be in the zone example.com of slipway:dns.zone, or set slipway:dns.provider to none`,
    );
  });
});

describe("issuers", () => {
  test("the proxy's own two without an authority", () => {
    expect(issuers({ mode: "acme" })).toEqual(["letsencrypt.org", "sectigo.com"]);
  });

  test.each([
    "https://acme-v02.api.letsencrypt.org/directory",
    "https://acme-staging-v02.api.letsencrypt.org/directory",
  ])("Let's Encrypt alone with %s", (authority) => {
    expect(issuers({ mode: "acme", authority })).toEqual(["letsencrypt.org"]);
  });

  test.each([
    { mode: "acme", authority: "https://ca.example.com/acme/directory" },
    { mode: "acme", authority: "https://notletsencrypt.org/directory" },
    { mode: "internal" },
    { mode: "off" },
  ])("nobody is named with $mode $authority", (tls) => {
    expect(issuers(tls)).toEqual([]);
  });
});
