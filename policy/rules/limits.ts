import { Container } from "@pulumi/docker/container";
import { type Policies, validateResourceOfType } from "@pulumi/policy";
import { parentType } from "../stack";

export const limitPolicies: Policies = [
  {
    name: "memory-limited",
    description: "Each container has a memory limit: one that leaks must not take the database with it.",
    enforcementLevel: "mandatory",
    validateResource: validateResourceOfType(Container, ({ memory = 0 }, { name }, report) => {
      if (memory > 0) return;
      report(`${name} has none. Set its resources in the system's spec or in the stack file.`);
    }),
  },
  {
    name: "healthchecked",
    description: "Each container has a health check: without one nobody sees that it hangs.",
    enforcementLevel: "mandatory",
    validateResource: validateResourceOfType(Container, ({ restart, healthcheck }, args, report) => {
      if (restart === "no") return args.notApplicable("A job ends by itself, and its exit code tells.");
      if (unasked.includes(parentType(args.urn) ?? "")) {
        return args.notApplicable("Its image has no program to ask by; Prometheus scrapes it.");
      }
      const [first = "NONE"] = healthcheck?.tests ?? [];
      if (first === "NONE") report(`${args.name} has none. Give it health, a command that exits with 0.`);
    }),
  },
];

/** Parts whose images have their server in them and nothing else. */
const unasked = ["slipway:observability:Collector", "slipway:observability:Tempo"];
