import type * as pulumi from "@pulumi/pulumi";
import { collectorArguments, collectorFiles } from "../../lib/observability/collector";
import { goMemoryLimit, Part, type PartArgs, type PartPlatform } from "./part";

/**
 * The OpenTelemetry Collector: reads the log files of the containers, takes what applications send by OTLP, and asks the
 * guardian how much each container uses.
 *
 * @example new Collector("collector", platform, { parent: this })
 */
export class Collector extends Part {
  constructor(name: string, platform: PartPlatform, opts?: pulumi.ComponentResourceOptions) {
    super(
      "Collector",
      name,
      platform,
      {
        part: "collector",
        ...logAccess(platform),
        environment: goMemoryLimit(platform, "collector"),
        command: collectorArguments(),
        configuration: {
          folder: "/etc/otelcol",
          files: collectorFiles(platform.observed),
          check: ["/otelcol-contrib", "validate", "--config={folder}/config.yaml"],
          reload: "hangup",
        },
        // It ends when it can't list the containers at its start.
        needs: ["guardian"],
      },
      opts,
    );
  }
}

/** The engine's log files are readable by root alone, which without any capability is root of nothing else. */
function logAccess({ observed, dockerRoot }: PartPlatform): Pick<PartArgs, "user" | "data" | "hostPaths"> {
  if (!observed.parts.includes("loki")) return { user: "10001:10001" };
  return {
    user: "0:0",
    // How far it has read each file.
    data: "/var/lib/otelcol",
    hostPaths: { "/var/lib/docker/containers": `${dockerRoot}/containers` },
  };
}
