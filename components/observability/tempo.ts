import type * as pulumi from "@pulumi/pulumi";
import { tempoArguments, tempoFiles, tempoHealth } from "../../lib/observability/tempo";
import { partVersion } from "../../lib/observability/versions";
import { goMemoryLimit, Part, type PartPlatform } from "./part";

/**
 * Tempo: takes the traces of the services by OTLP and keeps them for as long as the stack says.
 *
 * @example new Tempo("tempo", platform, { parent: this })
 */
export class Tempo extends Part {
  constructor(name: string, platform: PartPlatform, opts?: pulumi.ComponentResourceOptions) {
    const { observed } = platform;
    super(
      "Tempo",
      name,
      platform,
      {
        part: "tempo",
        user: "10001:10001",
        environment: goMemoryLimit(platform, "tempo"),
        command: tempoArguments(),
        data: "/var/tempo",
        configuration: { folder: "/etc/tempo", files: tempoFiles(observed), reload: "restart" },
        health: tempoHealth(partVersion(observed.pins, "tempo")),
      },
      opts,
    );
  }
}
