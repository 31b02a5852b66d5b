import type * as pulumi from "@pulumi/pulumi";
import { Part, type PartPlatform } from "./part";

/**
 * Uptime Kuma: a status page that people set up by hand, since it can't be configured as code (uptime-kuma#5191). What must
 * be probed is probed by {@link BlackboxExporter}. It reaches the internet, to ask from there.
 *
 * @example new UptimeKuma("uptimeKuma", platform, { parent: this })
 */
export class UptimeKuma extends Part {
  constructor(name: string, platform: PartPlatform, opts?: pulumi.ComponentResourceOptions) {
    super(
      "UptimeKuma",
      name,
      platform,
      {
        part: "uptimeKuma",
        user: "1000:1000",
        data: "/app/data",
        networks: [platform.internet],
        health: ["/app/extra/healthcheck"],
      },
      opts,
    );
  }
}
