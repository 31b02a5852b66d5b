import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule";
import * as pulumi from "@pulumi/pulumi";
import { cidr, everywhere, type FirewallArgs, openings } from "../../../lib/host/aws/firewall";

export interface AwsFirewallArgs extends FirewallArgs {
  readonly vpcId: pulumi.Input<string>;
}

/**
 * The cloud's firewall: what reaches the machine at all. The machine has one of its own with the same openings, for what
 * comes past this one.
 *
 * @example new AwsFirewall("host-firewall", { vpcId, sshFrom: ["203.0.113.7/32"], ports: { http: 80, https: 443 } }, { providers: [provider] })
 */
export class AwsFirewall extends pulumi.ComponentResource {
  /** Known once all its rules are there, so that a machine reaches what it needs from its first second on. */
  readonly securityGroupId: pulumi.Output<string>;

  constructor(
    name: string,
    { vpcId, sshFrom, ports }: AwsFirewallArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("slipway:host:AwsFirewall", name, {}, opts);
    const parent = { parent: this };
    const group = new SecurityGroup(
      `${name}-group`,
      { vpcId, description: "What reaches the machine, and what it reaches" },
      parent,
    );
    const incoming = openings({ sshFrom, ports }).map(
      (opening) =>
        new SecurityGroupIngressRule(
          `${name}-${opening.name}`,
          {
            securityGroupId: group.id,
            description: opening.description,
            ipProtocol: opening.protocol,
            fromPort: opening.from,
            toPort: opening.to,
            ...cidr(opening.network),
          },
          parent,
        ),
    );
    const outgoing = everywhere.map(
      ({ family, network }) =>
        new SecurityGroupEgressRule(
          `${name}-out-${family}`,
          { securityGroupId: group.id, description: "Everything", ipProtocol: "-1", ...cidr(network) },
          parent,
        ),
    );
    const rules = pulumi.all([...incoming, ...outgoing].map((rule) => rule.securityGroupId));
    this.securityGroupId = pulumi.all([group.id, rules]).apply(([id]) => id);
    this.registerOutputs({ securityGroupId: this.securityGroupId });
  }
}
