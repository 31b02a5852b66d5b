import * as pulumi from "@pulumi/pulumi";
import { withSdk } from "../../lib/cloudSdk";
import type { PendingRecord } from "./dns";

export interface Route53DnsArgs {
  /** A public hosted zone of the account. It must be there: others may have records in it. */
  readonly zone: string;
  /** Of the API: the zones themselves are in none. */
  readonly region: string;
  readonly records: readonly PendingRecord[];
}

/**
 * Records in a zone that Route 53 keeps, one resource for each name and type.
 *
 * @example new Route53Dns("dns", { zone: "example.com", region: "us-east-1", records })
 */
export class Route53Dns extends pulumi.ComponentResource {
  constructor(
    name: string,
    { zone, region, records }: Route53DnsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("slipway:dns:Route53Dns", name, {}, opts);
    const { Provider, Record, getZoneOutput } = withSdk(sdk);
    // One of its own: the machine may be elsewhere, and then nothing else sets a region.
    const provider = new Provider(`${name}-aws`, { region }, { parent: this });
    const { zoneId } = getZoneOutput({ name: zone, privateZone: false }, { parent: this, provider });
    for (const { type, name: host, values, ttl } of records) {
      new Record(
        `${name}-${host}-${type}`,
        { zoneId, type, name: host, ttl, records: type === "CAA" ? values.map(authority) : [...values] },
        { parent: this, provider },
      );
    }
    this.registerOutputs({ zone });
  }
}

/** A cloud's SDK is loaded only where it is used. */
function sdk() {
  const { Provider } = require("@pulumi/aws/provider") as typeof import("@pulumi/aws/provider");
  const { Record } = require("@pulumi/aws/route53/record") as typeof import("@pulumi/aws/route53/record");
  const { getZoneOutput } =
    require("@pulumi/aws/route53/getZone") as typeof import("@pulumi/aws/route53/getZone");
  return { Provider, Record, getZoneOutput };
}

function authority(value: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.interpolate`0 issue "${value}"`;
}
