import { DefaultSecurityGroup } from "@pulumi/aws/ec2/defaultSecurityGroup";
import { InternetGateway } from "@pulumi/aws/ec2/internetGateway";
import { RouteTable } from "@pulumi/aws/ec2/routeTable";
import { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation";
import { Subnet } from "@pulumi/aws/ec2/subnet";
import { Vpc } from "@pulumi/aws/ec2/vpc";
import * as pulumi from "@pulumi/pulumi";
import { firstSubnet } from "../../../lib/host/aws/machine";

export interface AwsNetworkArgs {
  /** Availability zone of a new network, such as `us-east-1a`. One that is there stays where it is. */
  readonly zone: pulumi.Input<string>;
}

/** Not those of the VPC that every account has, so that the two could be joined. */
const block = "10.20.0.0/16";
const subnetBlock = "10.20.0.0/24";

/**
 * A network of the stack's own with one subnet that reaches the internet by IPv4 and IPv6, so that nothing else of the
 * account reaches the machine.
 *
 * @example new AwsNetwork("host-network", { zone: "us-east-1a" }, { providers: [provider] })
 */
export class AwsNetwork extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** Known once the subnet reaches the internet. */
  readonly subnetId: pulumi.Output<string>;
  /** Where the subnet is, and all that must be near it. */
  readonly zone: pulumi.Output<string>;

  constructor(name: string, { zone }: AwsNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:AwsNetwork", name, {}, opts);
    const parent = { parent: this };
    const vpc = new Vpc(
      `${name}-vpc`,
      { cidrBlock: block, assignGeneratedIpv6CidrBlock: true, enableDnsHostnames: true },
      parent,
    );
    const subnet = new Subnet(
      `${name}-subnet`,
      {
        vpcId: vpc.id,
        availabilityZone: zone,
        cidrBlock: subnetBlock,
        ipv6CidrBlock: vpc.ipv6CidrBlock.apply(firstSubnet),
      },
      // Another size may have another first zone, but a volume can't move, and its machine is where it is.
      { parent: this, ignoreChanges: ["availabilityZone"] },
    );
    const gateway = new InternetGateway(`${name}-gateway`, { vpcId: vpc.id }, parent);
    const routes = new RouteTable(
      `${name}-routes`,
      {
        vpcId: vpc.id,
        routes: [
          { cidrBlock: "0.0.0.0/0", gatewayId: gateway.id },
          { ipv6CidrBlock: "::/0", gatewayId: gateway.id },
        ],
      },
      parent,
    );
    const routed = new RouteTableAssociation(
      `${name}-routed`,
      { subnetId: subnet.id, routeTableId: routes.id },
      parent,
    );
    // The group that whatever names none gets: without rules it lets nothing in or out.
    new DefaultSecurityGroup(`${name}-default`, { vpcId: vpc.id }, parent);
    this.vpcId = vpc.id;
    this.subnetId = pulumi.output(routed.subnetId).apply(required);
    this.zone = subnet.availabilityZone;
    this.registerOutputs({ vpcId: this.vpcId, subnetId: this.subnetId, zone: this.zone });
  }
}

function required(subnetId: string | undefined): string {
  if (subnetId === undefined) throw new pulumi.RunError("AWS names no subnet that the routes belong to");
  return subnetId;
}
