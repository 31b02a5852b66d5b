import { Eip } from "@pulumi/aws/ec2/eip";
import { EipAssociation } from "@pulumi/aws/ec2/eipAssociation";
import { NetworkInterface } from "@pulumi/aws/ec2/networkInterface";
import * as pulumi from "@pulumi/pulumi";

export interface AwsAddressArgs {
  readonly subnetId: pulumi.Input<string>;
  readonly securityGroupId: pulumi.Input<string>;
}

/**
 * The addresses of the machine, on a network interface that is there before the machine and stays when it is replaced: so
 * both addresses stay, and a new machine has them when it boots.
 *
 * @example new AwsAddress("host-address", { subnetId: network.subnetId, securityGroupId: firewall.securityGroupId }, { providers: [provider] })
 */
export class AwsAddress extends pulumi.ComponentResource {
  readonly ipv4: pulumi.Output<string>;
  /** Known once the interface has its addresses. */
  readonly interfaceId: pulumi.Output<string>;

  constructor(
    name: string,
    { subnetId, securityGroupId }: AwsAddressArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("slipway:host:AwsAddress", name, {}, opts);
    const adapter = new NetworkInterface(
      `${name}-interface`,
      {
        subnetId,
        securityGroups: [securityGroupId],
        ipv6AddressCount: 1,
        description: "Keeps the addresses of the machine",
      },
      { parent: this },
    );
    // The records of the domains lead to it, and others have it in their lists.
    const address = new Eip(`${name}-ipv4`, { domain: "vpc" }, { parent: this, protect: true });
    const associated = new EipAssociation(
      `${name}-ipv4-association`,
      { allocationId: address.allocationId, networkInterfaceId: adapter.id },
      { parent: this },
    );
    this.ipv4 = address.publicIp;
    this.interfaceId = associated.networkInterfaceId;
    this.registerOutputs({ ipv4: this.ipv4, interfaceId: this.interfaceId });
  }
}
