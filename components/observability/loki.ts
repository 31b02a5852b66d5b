import type * as pulumi from "@pulumi/pulumi";
import { lokiArguments, lokiFiles, lokiHealth } from "../../lib/observability/loki";
import { partVersion } from "../../lib/observability/versions";
import { goMemoryLimit, Part, type PartPlatform } from "./part";

/**
 * Loki: keeps the logs of all containers for as long as the stack says.
 *
 * @example new Loki("loki", platform, { parent: this })
 */
export class Loki extends Part {
  constructor(name: string, platform: PartPlatform, opts?: pulumi.ComponentResourceOptions) {
    const { observed } = platform;
    super(
      "Loki",
      name,
      platform,
      {
        part: "loki",
        user: "10001:10001",
        environment: goMemoryLimit(platform, "loki"),
        command: lokiArguments(),
        data: "/loki",
        configuration: {
          folder: "/etc/loki",
          files: lokiFiles(observed),
          check: ["/usr/bin/loki", "-verify-config", "-config.file={folder}/loki.yaml"],
          reload: "restart",
        },
        health: lokiHealth(partVersion(observed.pins, "loki")),
      },
      opts,
    );
  }
}
