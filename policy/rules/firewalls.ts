import { DefaultSecurityGroup } from "@pulumi/aws/ec2/defaultSecurityGroup";
import { SecurityGroup, type SecurityGroupArgs } from "@pulumi/aws/ec2/securityGroup";
import { SecurityGroupRule } from "@pulumi/aws/ec2/securityGroupRule";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule";
import { Droplet } from "@pulumi/digitalocean/droplet";
import { Firewall } from "@pulumi/digitalocean/firewall";
import {
  type Policies,
  type PolicyResource,
  type ResourceValidation,
  validateResourceOfType,
} from "@pulumi/policy";
import type { Unwrap } from "@pulumi/pulumi";
import { everyPort, isPublic, isSsh, type Opening, shown, worldOf } from "../addresses";

export const firewallPolicies: Policies = [
  {
    name: "firewall-closed",
    description: "To the whole internet a firewall opens nothing but 80 and 443.",
    enforcementLevel: "mandatory",
    validateResource: eachOpening((opening, _, report) => {
      // SSH has a rule of its own.
      if (isPublic(opening) || isSsh(opening)) return;
      for (const source of worldOf(opening)) {
        report(
          `${shown(opening)} is open to ${source}. Only 80/tcp, 443/tcp, 443/udp and icmp may be: name who needs it.`,
        );
      }
    }),
  },
  {
    name: "ssh-restricted",
    description: "SSH is open to named networks only.",
    enforcementLevel: "advisory",
    validateResource: eachOpening((opening, _, report) => {
      if (!isSsh(opening)) return;
      for (const source of worldOf(opening)) {
        report(`22/tcp is open to ${source}. Set slipway:machine.sshFrom to the networks you log in from.`);
      }
    }),
  },
  {
    name: "firewall-present",
    description: "A Droplet is behind a firewall: without one, all of its ports are open.",
    enforcementLevel: "mandatory",
    validateStack: ({ resources }, report) => {
      const firewalls = resources.filter((resource) => resource.isType(Firewall));
      for (const droplet of resources.filter((resource) => resource.isType(Droplet))) {
        if (firewalls.some((firewall) => isBehind(droplet, firewall))) continue;
        report(`${droplet.name} has none. Give it a tag that a digitalocean.Firewall has too.`, droplet.urn);
      }
    },
  },
];

/** Checks all that the firewalls of both clouds let in. */
function eachOpening(
  check: (opening: Opening, ...rest: Parameters<ResourceValidation>) => void,
): ResourceValidation[] {
  return [
    validateResourceOfType(Firewall, ({ inboundRules = [] }, args, report) => {
      for (const { action = "allow", protocol, portRange, sourceAddresses: sources = [] } of inboundRules) {
        if (action === "allow") check({ protocol, ...portsOf(portRange), sources }, args, report);
      }
    }),
    validateResourceOfType(SecurityGroup, ({ ingress }, args, report) => {
      for (const opening of groupOpenings(ingress)) check(opening, args, report);
    }),
    validateResourceOfType(DefaultSecurityGroup, ({ ingress }, args, report) => {
      for (const opening of groupOpenings(ingress)) check(opening, args, report);
    }),
    validateResourceOfType(SecurityGroupRule, (rule, args, report) => {
      if (rule.type !== "ingress") return;
      const sources = [...(rule.cidrBlocks ?? []), ...(rule.ipv6CidrBlocks ?? [])];
      check(awsOpening(rule.protocol, rule.fromPort, rule.toPort, sources), args, report);
    }),
    validateResourceOfType(SecurityGroupIngressRule, (rule, args, report) => {
      const sources = [rule.cidrIpv4, rule.cidrIpv6].filter((source) => source !== undefined);
      check(awsOpening(rule.ipProtocol, rule.fromPort, rule.toPort, sources), args, report);
    }),
  ];
}

/** By what tags and ids are made of: in a preview new ones are not known. */
function isBehind(droplet: PolicyResource, firewall: PolicyResource): boolean {
  const { dropletIds = [], tags = [] } = firewall.propertyDependencies;
  const own = droplet.propertyDependencies.tags ?? [];
  return (
    dropletIds.some(({ urn }) => urn === droplet.urn) ||
    tags.some((tag) => own.some(({ urn }) => urn === tag.urn))
  );
}

/** DigitalOcean's form: `22`, `8000-9000`, `all`; none for icmp. */
function portsOf(range: string | undefined): { readonly from: number; readonly to: number } {
  const [from, to = from] = (range ?? "all").split("-").map(Number);
  if (from === undefined || to === undefined || Number.isNaN(from) || from === 0) return everyPort;
  return { from, to };
}

function groupOpenings(ingress: NonNullable<Unwrap<SecurityGroupArgs>["ingress"]> = []): Opening[] {
  return ingress.map(({ protocol, fromPort, toPort, cidrBlocks = [], ipv6CidrBlocks = [] }) =>
    awsOpening(protocol, fromPort, toPort, [...cidrBlocks, ...ipv6CidrBlocks]),
  );
}

/** In `-1`, which is every protocol, the ports mean nothing. */
function awsOpening(protocol: string, from = 0, to = 65535, sources: readonly string[] = []): Opening {
  return protocol === "-1" ? { protocol, ...everyPort, sources } : { protocol, from, to, sources };
}
