import type * as pulumi from "@pulumi/pulumi";
import { httpHealth } from "../../lib/httpHealth";
import { dashboards } from "../../lib/observability/dashboards";
import { grafanaEnvironment, grafanaFiles } from "../../lib/observability/grafana";
import { Part, type PartPlatform } from "./part";

/**
 * Grafana: the dashboards and data sources of the system, all provisioned. A changed dashboard is taken up while it runs; a
 * changed data source replaces the container.
 *
 * @example new Grafana("grafana", platform, { parent: this })
 */
export class Grafana extends Part {
  constructor(name: string, platform: PartPlatform, opts?: pulumi.ComponentResourceOptions) {
    const { observed, secrets } = platform;
    const files = Object.entries(grafanaFiles(observed, dashboards(observed)));
    const below = (folder: string) => files.filter(([path]) => path.startsWith(folder));
    super(
      "Grafana",
      name,
      platform,
      {
        part: "grafana",
        user: "472:472",
        environment: grafanaEnvironment(observed),
        files: {
          "/run/secrets/grafana/admin-password": secrets.get("grafanaAdminPassword"),
          ...Object.fromEntries(below("provisioning/").map(([path, text]) => [`/etc/grafana/${path}`, text])),
        },
        temporary: { "/tmp": 64, "/var/log/grafana": 8 },
        data: "/var/lib/grafana",
        configuration: {
          folder: "/etc/grafana/dashboards",
          files: Object.fromEntries(
            below("dashboards/").map(([path, text]) => [path.slice("dashboards/".length), text]),
          ),
          reload: "itself",
        },
        health: httpHealth(3000, "/api/health"),
      },
      opts,
    );
  }
}
