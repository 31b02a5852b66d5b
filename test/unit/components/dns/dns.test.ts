import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { createDns, type DnsArgs } from "../../../../components/dns/dns";
import type { StackConfig } from "../../../../config";
import { dnsSettings } from "../../../../lib/host/settings";
import { record, revealed } from "../../mocks";
import { shopConfig } from "../../shopConfig";

const domains = { web: "shop.example.com", apex: "example.com" };

function args(dns: Partial<StackConfig["dns"]>, change: Partial<StackConfig> = {}): DnsArgs {
  return {
    config: shopConfig({
      domains,
      dns: { ...dnsSettings.parse({ zone: "example.com" }), ...dns },
      ...change,
    }),
    ipv4: pulumi.output("192.0.2.7"),
  };
}

const create = (given: () => DnsArgs, options = {}) =>
  record(() => createDns("dns", given()), { calls: zoneCall, ...options });
const zoneCall = {
  "aws:route53/getZone:getZone": ({ name }: Record<string, unknown>) => ({ zoneId: `Z-${name}` }),
};

const digitalOcean = "digitalocean:index/dnsRecord:DnsRecord";
const route53 = "aws:route53/record:Record";

describe("digitalocean", () => {
  test("each record by its name in the zone", async () => {
    const recording = await create(() => args({ provider: "digitalocean" }));

    expect(recording.list).toEqual([
      `${digitalOcean} dns-example.com-A`,
      `${digitalOcean} dns-example.com-CAA`,
      `${digitalOcean} dns-example.com-CAA-2`,
      `${digitalOcean} dns-shop.example.com-A`,
      `${digitalOcean} dns-shop.example.com-CAA`,
      `${digitalOcean} dns-shop.example.com-CAA-2`,
      "slipway:dns:DigitalOceanDns dns",
    ]);
    expect(recording.get("dns-example.com-A").inputs).toEqual({
      ...{ domain: "example.com", type: "A", name: "@", value: "192.0.2.7", ttl: 300 },
    });
    expect(recording.get("dns-shop.example.com-CAA").inputs).toEqual({
      ...{ domain: "example.com", type: "CAA", name: "shop", ttl: 300 },
      ...{ flags: 0, tag: "issue", value: "letsencrypt.org." },
    });
    expect(recording.get("dns-shop.example.com-CAA-2").inputs.value).toBe("sectigo.com.");
  });

  test("nothing is created when a domain isn't in the zone", async () => {
    const strange = { web: "shop.example.org" };
    await expect(create(() => args({ provider: "digitalocean" }, { domains: strange }))).rejects.toThrow(
      "slipway:domains has shop.example.org: it must be in the zone example.com",
    );
  });
});

describe("route53", () => {
  test("each name and type, in the zone of the account", async () => {
    const recording = await create(() => args({ provider: "route53", ttl: 60 }));

    expect(recording.list).toEqual([
      `${route53} dns-example.com-A`,
      `${route53} dns-example.com-CAA`,
      `${route53} dns-shop.example.com-A`,
      `${route53} dns-shop.example.com-CAA`,
      "pulumi:providers:aws dns-aws",
      "slipway:dns:Route53Dns dns",
    ]);
    expect(recording.get("dns-aws").inputs.region).toBe("us-east-1");
    const web = recording.get("dns-shop.example.com-A");
    expect(web.inputs).toEqual({
      ...{ zoneId: "Z-example.com", type: "A", name: "shop.example.com", ttl: 60, records: ["192.0.2.7"] },
    });
    expect(web.options).toEqual({ provider: "dns-aws" });
    expect(recording.get("dns-shop.example.com-CAA").inputs.records).toEqual([
      '0 issue "letsencrypt.org"',
      '0 issue "sectigo.com"',
    ]);
  });

  test("nothing is created when a domain isn't in the zone", async () => {
    const strange = { web: "shop.example.org" };
    await expect(create(() => args({ provider: "route53" }, { domains: strange }))).rejects.toThrow(
      "slipway:domains has shop.example.org: it must be in the zone example.com",
    );
  });
});

describe("none", () => {
  test("the records to set, and no resource", async () => {
    const { all, made } = await create(() =>
      args({ provider: "none", ttl: 60 }, { domains: { web: "shop.example.com" } }),
    );

    expect(all).toEqual([]);
    expect(await revealed(made ?? pulumi.output(undefined))).toEqual([
      { type: "A", name: "shop.example.com", value: "192.0.2.7", ttl: 60 },
      { type: "CAA", name: "shop.example.com", value: '0 issue "letsencrypt.org"', ttl: 60 },
      { type: "CAA", name: "shop.example.com", value: '0 issue "sectigo.com"', ttl: 60 },
    ]);
  });

  test("in place of an address that nobody knows, what is to be found out", async () => {
    const config = shopConfig({ domains: { web: "shop.example.com" }, tls: { mode: "internal" } });
    const { made } = await create(() => ({ config, ipv4: undefined }));

    expect(await revealed(made ?? pulumi.output(undefined))).toEqual([
      { type: "A", name: "shop.example.com", value: "the public address of the machine", ttl: 300 },
    ]);
  });
});
