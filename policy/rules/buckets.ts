import { Bucket } from "@pulumi/aws/s3/bucket";
import { BucketAcl } from "@pulumi/aws/s3/bucketAcl";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning";
import { SpacesBucket } from "@pulumi/digitalocean/spacesBucket";
import {
  type Policies,
  type PolicyResource,
  type ResourceValidation,
  validateResourceOfType,
} from "@pulumi/policy";

export const bucketPolicies: Policies = [
  {
    name: "buckets-private",
    description: "No bucket is open to everybody.",
    enforcementLevel: "mandatory",
    validateResource: [
      validateResourceOfType(SpacesBucket, requirePrivate),
      validateResourceOfType(Bucket, requirePrivate),
      validateResourceOfType(BucketAcl, requirePrivate),
      validateResourceOfType(BucketPublicAccessBlock, (block, { name }, report) => {
        for (const setting of blockSettings) {
          if (block[setting] !== true) report(`${name} leaves out ${setting}. Set it to true.`);
        }
      }),
    ],
  },
  {
    name: "buckets-block-public-access",
    description: "Each S3 bucket blocks public access, whatever its policy and the acls of its objects say.",
    enforcementLevel: "mandatory",
    validateStack: ({ resources }, report) => {
      const blocks = resources.filter((resource) => resource.isType(BucketPublicAccessBlock));
      for (const { name, urn } of withoutAny(blocks, resources)) {
        report(`${name} doesn't. Create an aws.s3.BucketPublicAccessBlock with its id as bucket.`, urn);
      }
    },
  },
  {
    name: "spaces-versioned",
    description: "Each Space keeps what is overwritten or deleted.",
    enforcementLevel: "mandatory",
    validateResource: validateResourceOfType(SpacesBucket, ({ versioning }, { name }, report) => {
      if (versioning?.enabled !== true) report(`${name} doesn't. Set versioning: { enabled: true }.`);
    }),
  },
  {
    name: "buckets-versioned",
    description: "Each S3 bucket keeps what is overwritten or deleted.",
    enforcementLevel: "mandatory",
    validateStack: ({ resources }, report) => {
      const enabled = resources.filter(
        (resource) => resource.asType(BucketVersioning)?.versioningConfiguration.status === "Enabled",
      );
      for (const { name, urn } of withoutAny(enabled, resources)) {
        report(
          `${name} doesn't. Create an aws.s3.BucketVersioning with its id as bucket and status Enabled.`,
          urn,
        );
      }
    },
  },
];

function requirePrivate(
  { acl = "private" }: { readonly acl?: string | undefined } = {},
  ...[{ name }, report]: Parameters<ResourceValidation>
): void {
  if (acl !== "private") report(`${name} has the acl ${acl}. Set it to private.`);
}

const blockSettings = [
  "blockPublicAcls",
  "blockPublicPolicy",
  "ignorePublicAcls",
  "restrictPublicBuckets",
] as const;

/** Buckets that none of these is about. By what `bucket` is made of: in a preview a new bucket has no id yet. */
function withoutAny(
  settings: readonly PolicyResource[],
  resources: readonly PolicyResource[],
): PolicyResource[] {
  const about = settings.flatMap((setting) => setting.propertyDependencies.bucket ?? []);
  const settled = new Set(about.map(({ urn }) => urn));
  return resources.filter((resource) => resource.isType(Bucket) && !settled.has(resource.urn));
}
