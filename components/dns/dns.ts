import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config";
import { issuers, relativeName, type ZoneRecord, zoneRecords } from "../../lib/dns/records";
import type { Host } from "../host/host";
import { DigitalOceanDns } from "./digitalOceanDns";
import { Route53Dns } from "./route53Dns";

export interface DnsArgs {
  readonly config: Pick<StackConfig, "aws" | "dns" | "domains" | "tls">;
  /** Where the domains lead to; undefined where the stack doesn't know it. */
  readonly ipv4: Host["ipv4"];
}

/** Records with addresses that are known once the machine is there. */
export type PendingRecord = ZoneRecord<pulumi.Input<string>>;

/** What people set where the stack doesn't keep the records: a line of a zone each. */
export interface RecordToSet {
  readonly type: string;
  readonly name: string;
  readonly value: string;
  readonly ttl: number;
}

/** In the place of an address that the stack doesn't know. */
const unknownAddress = "the public address of the machine";

/**
 * Sees to the records of the domains: creates them in the zone, or returns those that people set themselves.
 *
 * @returns the records to set; undefined where they are created.
 * @throws {RangeError} for a domain that isn't in the zone.
 */
export function createDns(
  name: string,
  args: DnsArgs,
  opts?: pulumi.ComponentResourceOptions,
): pulumi.Output<RecordToSet[]> | undefined {
  const { dns, aws } = args.config;
  const records = recordsOf(args);
  switch (dns.provider) {
    case "none":
      return pulumi.all(records.flatMap(linesOf));
    case "digitalocean":
      new DigitalOceanDns(name, { zone: zoneOf(args, records), records }, opts);
      return undefined;
    case "route53":
      new Route53Dns(name, { zone: zoneOf(args, records), region: aws.region, records }, opts);
      return undefined;
  }
}

function recordsOf({ config: { domains, dns, tls }, ipv4 }: DnsArgs): PendingRecord[] {
  return zoneRecords<pulumi.Input<string>>({
    hosts: Object.values(domains),
    ipv4: ipv4 ?? unknownAddress,
    ttl: dns.ttl,
    authorities: issuers(tls),
  });
}

function linesOf({ type, name, values, ttl }: PendingRecord) {
  return values.map((value) => {
    const written = type === "CAA" ? pulumi.interpolate`0 issue "${value}"` : value;
    return pulumi.output({ type, name, value: written, ttl });
  });
}

/** The zone that all records are in, before the first of them is created. */
function zoneOf({ config: { dns } }: DnsArgs, records: readonly PendingRecord[]): string {
  const { zone } = dns;
  if (zone === undefined) {
    throw new RangeError("slipway:dns.zone is missing: set it to the zone that the domains are in");
  }
  for (const { name } of records) relativeName(name, zone);
  return zone;
}
