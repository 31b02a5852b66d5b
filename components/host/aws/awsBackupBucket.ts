import { Bucket } from "@pulumi/aws/s3/bucket";
import { BucketLifecycleConfiguration } from "@pulumi/aws/s3/bucketLifecycleConfiguration";
import { BucketObjectLockConfiguration } from "@pulumi/aws/s3/bucketObjectLockConfiguration";
import { BucketOwnershipControls } from "@pulumi/aws/s3/bucketOwnershipControls";
import { BucketPolicy } from "@pulumi/aws/s3/bucketPolicy";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning";
import * as pulumi from "@pulumi/pulumi";
import { encryptedOnly } from "../../../lib/host/aws/bucketAccess";

export interface AwsBackupBucketArgs {
  /** Its name, which nobody else in the world has. */
  readonly bucket: string;
}

/** Days that what was overwritten or removed is still there: time to notice, and to restore as it was. */
const kept = 30;

/**
 * The bucket that backups go to: private, encrypted, versioned. What is overwritten or removed stays as an older version
 * for {@link kept} days, and for as long after its creation no version can be removed at all but by who may bypass the lock
 * of the account. The lock doesn't hinder restic, which removes its own locks and old data without naming a version: that
 * adds a marker, and takes no version away.
 *
 * @example new AwsBackupBucket("host-backups", { bucket: "clubhouse-backups" }, { providers: [provider] })
 */
export class AwsBackupBucket extends pulumi.ComponentResource {
  readonly bucket: pulumi.Output<string>;

  constructor(name: string, args: AwsBackupBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:AwsBackupBucket", name, {}, opts);
    const parent = { parent: this };
    const made = new Bucket(
      `${name}-bucket`,
      { bucket: args.bucket, objectLockEnabled: true },
      { parent: this, protect: true },
    );
    const { bucket } = made;
    this.makePrivate(name, made);
    const versioning = new BucketVersioning(
      `${name}-versioning`,
      { bucket, versioningConfiguration: { status: "Enabled" } },
      parent,
    );
    new BucketObjectLockConfiguration(
      `${name}-lock`,
      {
        bucket: versioning.bucket,
        // Not COMPLIANCE, which not even the owner of the account could end when something goes wrong.
        rule: { defaultRetention: { mode: "GOVERNANCE", days: kept } },
      },
      parent,
    );
    new BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket: versioning.bucket,
        rules: [
          {
            id: "remove-what-is-no-longer-there",
            status: "Enabled",
            filter: {},
            noncurrentVersionExpiration: { noncurrentDays: kept },
            expiration: { expiredObjectDeleteMarker: true },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      },
      parent,
    );
    this.bucket = versioning.bucket;
    this.registerOutputs({ bucket: this.bucket });
  }

  private makePrivate(name: string, { bucket, arn }: Bucket): void {
    const parent = { parent: this };
    const closed = new BucketPublicAccessBlock(
      `${name}-private`,
      {
        bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      parent,
    );
    new BucketOwnershipControls(
      `${name}-ownership`,
      { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
      parent,
    );
    new BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      { bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
      parent,
    );
    new BucketPolicy(
      `${name}-policy`,
      // After the block: S3 refuses two such changes of a bucket at once.
      { bucket: closed.bucket, policy: pulumi.jsonStringify(arn.apply(encryptedOnly)) },
      parent,
    );
  }
}
