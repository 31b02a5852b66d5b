import { Container } from "@pulumi/docker/container";
import { type Policies, validateResourceOfType } from "@pulumi/policy";
import { parentType } from "../stack";

export const portPolicies: Policies = [
  {
    name: "only-proxy-publishes",
    description: "Only the proxy publishes ports: a published port is open to the world, whatever ufw says.",
    enforcementLevel: "mandatory",
    validateResource: validateResourceOfType(Container, (container, { name, urn }, report) => {
      // All that the image names, on ports that nobody knows before: not even for the proxy.
      if (container.publishAllPorts) report(`${name} publishes every port of its image. ${instead}`);
      if (parentType(urn) === "slipway:edge:ReverseProxy") return;
      for (const { internal, external = internal, protocol = "tcp" } of container.ports ?? []) {
        report(`${name} publishes ${external}/${protocol}. ${instead}`);
      }
    }),
  },
];

const instead = "Give it a route in the system's spec, or reach it with `docker exec` over SSH.";
