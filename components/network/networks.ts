import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { type Identity, labels, physicalName } from "../identity";

export interface NetworksArgs {
  readonly identity: Identity;
}

/**
 * The networks of a system: `edge` joins the proxy and the services and reaches the internet, `data` joins the services
 * and the databases and reaches nothing else. Made side by side, since the provider waits 2 s for each.
 *
 * @example new Networks("networks", { identity })
 */
export class Networks extends pulumi.ComponentResource {
  readonly edge: pulumi.Output<string>;
  readonly data: pulumi.Output<string>;

  constructor(name: string, { identity }: NetworksArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:network:Networks", name, {}, opts);
    const network = (part: string, internal: boolean) =>
      new docker.Network(
        `${name}-${part}`,
        { name: physicalName(identity, part), driver: "bridge", internal, labels: labels(identity) },
        { parent: this },
      ).name;
    this.edge = network("edge", false);
    this.data = network("data", true);
    this.registerOutputs({ edge: this.edge, data: this.data });
  }
}
