import type * as pulumi from "@pulumi/pulumi";
import { httpHealth } from "../../lib/httpHealth";
import { alertGroups } from "../../lib/observability/alerts";
import { prometheusArguments, prometheusFiles } from "../../lib/observability/prometheus";
import { Part, type PartPlatform } from "./part";

/**
 * Prometheus: scrapes everything that has metrics, keeps them, and decides which alerts fire. A changed rule or target is
 * taken up while it runs.
 *
 * @example new Prometheus("prometheus", platform, { parent: this })
 */
export class Prometheus extends Part {
  constructor(name: string, platform: PartPlatform, opts?: pulumi.ComponentResourceOptions) {
    const { observed } = platform;
    super(
      "Prometheus",
      name,
      platform,
      {
        part: "prometheus",
        user: "65534:65534",
        command: prometheusArguments(observed),
        data: "/prometheus",
        configuration: {
          folder: "/etc/prometheus",
          files: prometheusFiles(observed, alertGroups(observed)),
          check: ["promtool", "check", "config", "{folder}/prometheus.yml"],
          reload: "hangup",
        },
        health: httpHealth(9090, "/-/ready"),
        // It writes what it holds in memory.
        stopGrace: 60,
      },
      opts,
    );
  }
}
