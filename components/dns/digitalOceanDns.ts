import * as pulumi from "@pulumi/pulumi";
import { withSdk } from "../../lib/cloudSdk";
import { relativeName } from "../../lib/dns/records";
import type { PendingRecord } from "./dns";

export interface DigitalOceanDnsArgs {
  /** A domain of the account. It must be there: others may have records in it. */
  readonly zone: string;
  readonly records: readonly PendingRecord[];
}

/**
 * Records in a zone that DigitalOcean keeps, one resource for each value.
 *
 * @example new DigitalOceanDns("dns", { zone: "example.com", records })
 */
export class DigitalOceanDns extends pulumi.ComponentResource {
  constructor(name: string, { zone, records }: DigitalOceanDnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:dns:DigitalOceanDns", name, {}, opts);
    // A cloud's SDK is loaded only where it is used.
    const { DnsRecord } = withSdk(
      () => require("@pulumi/digitalocean/dnsRecord") as typeof import("@pulumi/digitalocean/dnsRecord"),
    );
    for (const { type, name: host, values, ttl } of records) {
      const common = { domain: zone, type, name: relativeName(host, zone), ttl };
      for (const [index, value] of values.entries()) {
        new DnsRecord(
          `${name}-${host}-${type}${index === 0 ? "" : `-${index + 1}`}`,
          { ...common, ...(type === "CAA" ? authority(value) : { value }) },
          { parent: this },
        );
      }
    }
    this.registerOutputs({ zone });
  }
}

/** DigitalOcean takes an authority as a host name, and tells it with a dot at its end: without one a refresh finds a change. */
function authority(value: pulumi.Input<string>) {
  return { flags: 0, tag: "issue", value: pulumi.interpolate`${value}.` };
}
