import { SpacesBucket } from "@pulumi/digitalocean/spacesBucket";
import { SpacesKey } from "@pulumi/digitalocean/spacesKey";
import * as pulumi from "@pulumi/pulumi";

export interface SpacesBackupBucketArgs {
  /** Name of the bucket, unique in the region among all customers. */
  readonly bucket: string;
  readonly region: string;
}

/** Days that an overwritten or removed object can be brought back. Time to notice a theft, or a mistake. */
const keptFor = 30;

/**
 * A Spaces bucket for backups, and a key to it that opens no other. The bucket is private and versioned, and protected
 * from `pulumi destroy`, which would not delete it either while there is something in it.
 *
 * Such a key reads, writes **and deletes**: Spaces knows nothing finer. A bucket's policy could forbid deleting, but Spaces
 * refuses a policy on a bucket that has a key of its own, and has no object lock. So whoever takes over the server can
 * delete backups, all versions of them. Where that must not be, name a store in `backups.s3` whose credentials can't delete, such as S3.
 *
 * @example new SpacesBackupBucket("host-backups", { bucket: "clubhouse-production-backups", region: "nyc3" })
 */
export class SpacesBackupBucket extends pulumi.ComponentResource {
  readonly bucketUrn: pulumi.Output<string>;
  /** By the names of the system's secrets. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(
    name: string,
    { bucket: bucketName, region }: SpacesBackupBucketArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("slipway:host:SpacesBackupBucket", name, {}, opts);
    const bucket = new SpacesBucket(
      `${name}-bucket`,
      {
        name: bucketName,
        region,
        acl: "private",
        versioning: { enabled: true },
        lifecycleRules: [lifecycle],
      },
      { parent: this, protect: true },
    );
    const key = new SpacesKey(
      `${name}-key`,
      { name: bucketName, grants: [{ bucket: bucket.name, permission: "readwrite" }] },
      { parent: this },
    );
    this.bucketUrn = bucket.bucketUrn;
    this.secrets = {
      backupS3AccessKeyId: pulumi.secret(key.accessKey),
      backupS3SecretAccessKey: pulumi.secret(key.secretKey),
    };
    this.registerOutputs({ bucket: bucket.name });
  }
}

const lifecycle = {
  id: "forget-old-versions",
  enabled: true,
  noncurrentVersionExpiration: { days: keptFor },
  // What a broken upload leaves is invisible, and paid for.
  abortIncompleteMultipartUploadDays: 7,
};
