import type { Policies } from "@pulumi/policy";
import { backupPolicies } from "./rules/backups";
import { bucketPolicies } from "./rules/buckets";
import { databasePolicies } from "./rules/databases";
import { firewallPolicies } from "./rules/firewalls";
import { imagePolicies } from "./rules/images";
import { isolationPolicies } from "./rules/isolation";
import { limitPolicies } from "./rules/limits";
import { portPolicies } from "./rules/ports";
import { protectionPolicies } from "./rules/protection";

/** Every rule of the pack. */
export const policies: Policies = [
  ...imagePolicies,
  ...portPolicies,
  ...isolationPolicies,
  ...limitPolicies,
  ...protectionPolicies,
  ...firewallPolicies,
  ...databasePolicies,
  ...backupPolicies,
  ...bucketPolicies,
];
