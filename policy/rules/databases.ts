import { ClusterInstance } from "@pulumi/aws/rds/clusterInstance";
import { Instance } from "@pulumi/aws/rds/instance";
import { DatabaseCluster } from "@pulumi/digitalocean/databaseCluster";
import { DatabaseFirewall } from "@pulumi/digitalocean/databaseFirewall";
import { Container } from "@pulumi/docker/container";
import { Network } from "@pulumi/docker/network";
import {
  type Policies,
  type PolicyResource,
  type ResourceValidation,
  validateResourceOfType,
} from "@pulumi/policy";
import { isWorld } from "../addresses";
import { parentType } from "../stack";

export const databasePolicies: Policies = [
  {
    name: "database-private",
    description: "No database can be reached from the internet, nor reach it.",
    enforcementLevel: "mandatory",
    validateResource: [
      validateResourceOfType(Container, (container, { name, urn, notApplicable }, report) => {
        if (!servers.includes(parentType(urn) ?? "")) return notApplicable("It is no database.");
        if ((container.ports ?? []).length > 0) report(`${name} publishes a port. Take it out.`);
      }),
      validateResourceOfType(Network, ({ name = "", internal = false }, _, report) => {
        if (name.endsWith("-data") && !internal) {
          report(`The network ${name} isn't internal, so the databases on it reach the internet.`);
        }
      }),
      validateResourceOfType(Instance, requirePrivate),
      validateResourceOfType(ClusterInstance, requirePrivate),
      validateResourceOfType(DatabaseFirewall, ({ rules }, { name }, report) => {
        for (const { type, value } of rules) {
          if (type === "ip_addr" && isWorld(value)) report(`${name} lets in ${value}. Name who needs it.`);
        }
      }),
    ],
  },
  {
    name: "database-network",
    description: "A database is on the network of the data alone, where the proxy and the internet are not.",
    enforcementLevel: "mandatory",
    validateStack: ({ resources }, report) => {
      for (const { name, urn, propertyDependencies } of resources.filter(isServer)) {
        // By what the names are made of: in the first preview of a machine they are not known.
        const sources = propertyDependencies.networksAdvanced ?? [];
        const networks = sources.filter((source) => source.isType(Network));
        if (networks.length === 0) report(`${name} names its network itself. Give it networks.data.`, urn);
        for (const network of networks) {
          if (network.name.endsWith("-data")) continue;
          report(`${name} is on ${network.name}: it may be on networks.data only.`, urn);
        }
      }
    },
  },
  {
    name: "database-firewall-present",
    description:
      "A managed database of DigitalOcean has a firewall: without one, everybody may connect to it.",
    enforcementLevel: "mandatory",
    validateStack: ({ resources }, report) => {
      const guarded = new Set(resources.flatMap(clusterOf).map(({ urn }) => urn));
      for (const { name, urn } of resources.filter((resource) => resource.isType(DatabaseCluster))) {
        if (guarded.has(urn)) continue;
        report(`${name} has none. Create a digitalocean.DatabaseFirewall with its id as clusterId.`, urn);
      }
    },
  },
];

function isServer(resource: PolicyResource): boolean {
  return resource.isType(Container) && servers.includes(parentType(resource.urn) ?? "");
}

const servers = ["slipway:data:Postgres", "slipway:data:Redis"];

function requirePrivate(
  { publiclyAccessible = false }: { readonly publiclyAccessible?: boolean | undefined },
  ...[{ name }, report]: Parameters<ResourceValidation>
): void {
  if (publiclyAccessible) report(`${name} is publiclyAccessible. Set it to false.`);
}

/** By what the value is made of: in a preview a new cluster has no id yet. */
function clusterOf(resource: PolicyResource): readonly PolicyResource[] {
  return resource.isType(DatabaseFirewall) ? (resource.propertyDependencies.clusterId ?? []) : [];
}
