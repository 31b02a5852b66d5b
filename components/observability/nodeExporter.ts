import type * as pulumi from "@pulumi/pulumi";
import { httpHealth } from "../../lib/httpHealth";
import { Part, type PartPlatform } from "./part";

/**
 * The node exporter: the machine's processor, memory, disks and file systems. It sees the host's files read-only, and has
 * neither its network nor its processes: what it would say of networks is left out, since it would be about its own.
 *
 * @example new NodeExporter("nodeExporter", platform, { parent: this })
 */
export class NodeExporter extends Part {
  constructor(name: string, platform: PartPlatform, opts?: pulumi.ComponentResourceOptions) {
    super(
      "NodeExporter",
      name,
      platform,
      {
        part: "nodeExporter",
        user: "65534:65534",
        command: [
          "--path.rootfs=/host",
          "--path.procfs=/host/proc",
          "--path.sysfs=/host/sys",
          `--collector.filesystem.mount-points-exclude=${notDisks}`,
          ...ofNetworks.map((collector) => `--no-collector.${collector}`),
        ],
        hostPaths: { "/host": "/" },
        health: httpHealth(9100, "/"),
      },
      opts,
    );
  }
}

/** Mounts of the kernel and of containers. */
const notDisks = "^/(dev|proc|run|sys|var/lib/docker/.+|var/lib/containers/.+)($|/)";
const ofNetworks = ["arp", "netclass", "netdev", "netstat", "sockstat", "softnet", "udp_queues"];
