import type { Policies } from "@pulumi/policy";
import { inProduction, productionSchema, stackOf } from "../stack";

export const backupPolicies: Policies = [
  {
    name: "backups-on",
    description: "In production the data are backed up.",
    enforcementLevel: "mandatory",
    configSchema: productionSchema,
    validateStack: (args, report) => {
      const [first] = args.resources;
      if (first === undefined || !inProduction(args, stackOf(first.urn))) return;
      const types = new Set(args.resources.map(({ type }) => type));
      // Without a system there is nothing to back up, as when all of it is destroyed.
      if (!types.has("slipway:components:System")) return;
      if (types.has("slipway:data:ExternalPostgres")) {
        return args.notApplicable("Who runs the database backs it up.");
      }
      if (!types.has("slipway:backup:Backups")) {
        report(
          "There are no backups. Take slipway:backups.enabled out of the stack file, or set it to true.",
        );
      }
    },
  },
];
