import type * as pulumi from "@pulumi/pulumi";
import { httpHealth } from "../../lib/httpHealth";
import { blackboxFiles } from "../../lib/observability/blackbox";
import { Part, type PartPlatform } from "./part";

/**
 * The blackbox exporter: asks every public route as a client does, for status, latency and certificate.
 *
 * @example new BlackboxExporter("blackboxExporter", platform, { parent: this })
 */
export class BlackboxExporter extends Part {
  constructor(name: string, platform: PartPlatform, opts?: pulumi.ComponentResourceOptions) {
    super(
      "BlackboxExporter",
      name,
      platform,
      {
        part: "blackboxExporter",
        user: "65534:65534",
        command: ["--config.file=/etc/blackbox/blackbox.yml"],
        configuration: {
          folder: "/etc/blackbox",
          files: blackboxFiles(platform.observed),
          check: ["blackbox_exporter", "--config.check", "--config.file={folder}/blackbox.yml"],
          reload: "hangup",
        },
        health: httpHealth(9115, "/-/healthy"),
      },
      opts,
    );
  }
}
