import type * as pulumi from "@pulumi/pulumi";
import { guardianCommand, guardianFiles, guardianHealth } from "../../lib/observability/guardian";
import { Part, type PartPlatform } from "./part";

/**
 * The guardian: restarts containers that stay unhealthy, which the engine never does, and is the gate to the engine for
 * what must read from it. It alone has the engine's socket, and lets through only what reads, without secrets.
 *
 * @example new Guardian("guardian", platform, { parent: this })
 */
export class Guardian extends Part {
  constructor(name: string, platform: PartPlatform, opts?: pulumi.ComponentResourceOptions) {
    const { system, stack } = platform.observed;
    super(
      "Guardian",
      name,
      platform,
      {
        part: "guardian",
        // The socket's owner; without any capability root of nothing else.
        user: "0:0",
        command: guardianCommand,
        environment: { SLIPWAY_SYSTEM: system, SLIPWAY_STACK: stack },
        hostPaths: { "/run/docker.sock": "/var/run/docker.sock" },
        configuration: { folder: "/etc/guardian", files: guardianFiles(), reload: "restart" },
        health: guardianHealth,
      },
      opts,
    );
  }
}
