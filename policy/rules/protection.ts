import { Volume as EbsVolume } from "@pulumi/aws/ebs/volume";
import { Bucket } from "@pulumi/aws/s3/bucket";
import { SpacesBucket } from "@pulumi/digitalocean/spacesBucket";
import { Volume as BlockVolume } from "@pulumi/digitalocean/volume";
import { Volume } from "@pulumi/docker/volume";
import { type Policies, type ResourceValidation, validateResourceOfType } from "@pulumi/policy";
import { parentType } from "../stack";

export const protectionPolicies: Policies = [
  {
    name: "data-protected",
    description: "Volumes and buckets are protected: no update or destroy may delete data.",
    enforcementLevel: "mandatory",
    validateResource: [
      validateResourceOfType(Volume, (_, args, report) => {
        if (isDispensable(args.urn)) return args.notApplicable("Switched off, it stays on the engine.");
        requireProtection(args, report);
      }),
      validateResourceOfType(BlockVolume, (_, args, report) => requireProtection(args, report)),
      validateResourceOfType(EbsVolume, (_, args, report) => requireProtection(args, report)),
      validateResourceOfType(SpacesBucket, (_, args, report) => requireProtection(args, report)),
      validateResourceOfType(Bucket, (_, args, report) => requireProtection(args, report)),
    ],
  },
];

function requireProtection(...[{ name, opts }, report]: Parameters<ResourceValidation>): void {
  if (!opts.protect) report(`${name} isn't protected. Create it with the option protect: true.`);
}

/**
 * What backs up and observes can be switched off, which a protected volume would forbid. Its volumes are kept on the engine
 * then (components/data/volume.ts).
 */
function isDispensable(urn: string): boolean {
  return /^slipway:(?:backup|observability):/.test(parentType(urn) ?? "");
}
