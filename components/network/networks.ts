import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { gatewayName } from "../../lib/egress";
import { mapKeys } from "../../lib/records";
import { type Identity, labels, physicalName } from "../identity";

export interface NetworksArgs {
  readonly identity: Identity;
  /** Whether anything observes the system. */
  readonly observed: boolean;
  /** Whether backups go off the machine. */
  readonly backedUpElsewhere: boolean;
  /** Services that reach the internet through a gateway. @default none */
  readonly egress?: readonly string[];
}

/**
 * The networks of a system: `edge` joins the proxy and the services and reaches the internet, `data` joins the services
 * and the databases and reaches nothing else, `observability` joins what observes with what is observed, `backup` takes
 * backups to their store, and a service that may reach only some hosts has one to itself, with its gateway and the proxy.
 * Made side by side, since the provider waits 2 s for each.
 *
 * @example new Networks("networks", { identity, observed: true, backedUpElsewhere: false })
 */
export class Networks extends pulumi.ComponentResource {
  readonly edge: pulumi.Output<string>;
  readonly data: pulumi.Output<string>;
  /** Undefined when nothing observes the system. */
  readonly observability: pulumi.Output<string> | undefined;
  /** Undefined when backups stay on the machine. */
  readonly backup: pulumi.Output<string> | undefined;
  /** By service: that of a service with a gateway, which it has instead of `edge`. */
  readonly egress: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(
    name: string,
    { identity, observed, backedUpElsewhere, egress = [] }: NetworksArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("slipway:network:Networks", name, {}, opts);
    const network = (part: string, internal: boolean) =>
      new docker.Network(
        `${name}-${part}`,
        { name: physicalName(identity, part), driver: "bridge", internal, labels: labels(identity) },
        { parent: this },
      ).name;
    this.edge = network("edge", false);
    this.data = network("data", true);
    this.observability = observed ? network("observability", true) : undefined;
    this.backup = backedUpElsewhere ? network("backup", false) : undefined;
    this.egress = mapKeys(egress, (service) => network(gatewayName(service), true));
    this.registerOutputs({
      edge: this.edge,
      data: this.data,
      observability: this.observability,
      backup: this.backup,
      ...(egress.length === 0 ? {} : { egress: this.egress }),
    });
  }
}
