import type * as pulumi from "@pulumi/pulumi";
import { gatewayName } from "../../lib/egress";
import type { Foundation } from "../foundation";
import { EgressGateway } from "./egressGateway";

/** The way out of each service that may reach only some hosts, by service. */
export function createGateways(
  { identity, host, config, images, networks }: Foundation,
  opts: { readonly parent: pulumi.Resource },
): Readonly<Record<string, EgressGateway>> {
  return Object.fromEntries(
    Object.entries(networks.egress).map(([service, network]) => {
      const args = {
        identity,
        host,
        image: images.get("egress"),
        service,
        hosts: config.app.services[service]?.egress ?? [],
        network,
        internet: networks.edge,
        readyTimeout: config.timeouts.ready,
      };
      return [service, new EgressGateway(gatewayName(service), args, opts)];
    }),
  );
}
