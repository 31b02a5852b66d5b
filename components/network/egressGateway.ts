import * as pulumi from "@pulumi/pulumi";
import { gatewayName, gatewayPort, gatewayResources } from "../../lib/egress";
import { gatewayHealth, squidConfiguration } from "../../lib/squidConfiguration";
import type { AwaitReadyInput } from "../../operations/steps/awaitReady";
import { HardenedContainer, type HardenedContainerArgs } from "../container";
import type { Host } from "../host/host";
import { type Identity, physicalName } from "../identity";
import type { PulledImage } from "../images";
import { Step } from "../step";

export interface EgressGatewayArgs {
  readonly identity: Identity;
  readonly host: Host;
  readonly image: PulledImage;
  /** Whom it lets out. */
  readonly service: string;
  /** Whole names of the hosts that the service may reach, by HTTPS. */
  readonly hosts: readonly string[];
  /** Network of the service and the gateway, which reaches nothing else. */
  readonly network: pulumi.Input<string>;
  /** Network that reaches the internet. */
  readonly internet: pulumi.Input<string>;
  /** Seconds until it must be ready. */
  readonly readyTimeout: number;
}

const configurationFile = "/etc/egress/squid.conf";

/**
 * The only way out for a service that may reach some hosts of the internet and no others: Squid, which the service asks
 * for tunnels to them. The service can't leave its networks itself, so that a program that doesn't ask gets nowhere, and
 * one that asks for another host is refused and has a line in the log.
 *
 * @example new EgressGateway("egress-payments", { identity, host, image, service: "payments", hosts: ["api.stripe.com"], network, internet, readyTimeout: 120 })
 */
export class EgressGateway extends pulumi.ComponentResource {
  /** What the service's `HTTPS_PROXY` is, known once the gateway answers. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: EgressGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:network:EgressGateway", name, {}, opts);
    const container = new HardenedContainer(`${name}-server`, containerArgs(args), { parent: this });
    const ready = new Step<AwaitReadyInput>(
      `${name}-ready`,
      {
        script: "awaitReady",
        host: args.host,
        input: {
          what: `the way of ${args.service} to the internet`,
          containers: pulumi.all([container.startable]),
          timeout: args.readyTimeout,
        },
      },
      { parent: this },
    );
    this.url = ready.id.apply(() => `http://${gatewayName(args.service)}:${gatewayPort}`);
    this.registerOutputs({ url: this.url });
  }
}

function containerArgs(args: EgressGatewayArgs): HardenedContainerArgs {
  const name = gatewayName(args.service);
  return {
    identity: args.identity,
    service: name,
    fixedName: physicalName(args.identity, name),
    image: args.image.name,
    release: args.image.release,
    // The `proxy` of Debian and Ubuntu.
    user: "13:13",
    // Instead of the image's own, which needs root and prepares a cache on disk.
    entrypoint: ["squid"],
    command: ["-N", "-f", configurationFile],
    files: { [configurationFile]: squidConfiguration(args.hosts) },
    networks: [{ network: args.network, aliases: [name] }, { network: args.internet }],
    resources: gatewayResources,
    health: gatewayHealth,
  };
}
