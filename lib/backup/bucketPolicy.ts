/** AWS' language for policies, as far as it is needed here. All stores with policies take it. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal?: { readonly AWS: string };
  readonly Action: readonly string[];
  readonly Resource: string;
}

export interface BucketPolicyArgs {
  readonly bucket: string;
  /** Folder of the repository in the bucket: `clubhouse/production`. */
  readonly prefix: string;
  /**
   * Whose credentials the server has: `arn:aws:iam::123456789012:user/backup`. For a policy of the bucket; one that is
   * attached to a user names nobody.
   */
  readonly principal?: string;
}

/**
 * What the server's credentials may do in a store with `appendOnly`: read, add, and remove the locks of restic, which it
 * makes and removes in every run. It is all that making, copying and restoring backups takes. Whoever takes over the
 * server can't delete a backup with them, nor change the bucket's policy, versioning or lifecycle.
 *
 * Not covered: PutObject may also overwrite. restic names files by their contents and never overwrites one with something
 * else, but a thief of the credentials could. A policy can demand `If-None-Match: *` (`s3:if-none-match`, on Amazon), but
 * restic doesn't send it, so its own writes would be refused. The answer is **versioning of the bucket**: what is
 * overwritten stays there as an older version, and these credentials can't remove versions (`s3:DeleteObjectVersion`).
 * Object Lock adds that nobody can, for a time. Versioning needs a lifecycle rule that removes noncurrent versions after
 * some weeks, else what `npm run prune` removes is kept and paid for as well.
 *
 * Nor that a thief adds: made-up snapshots with later times make a policy of retention count them and forget true ones.
 * They are noncurrent versions then, there until the lifecycle rule removes them.
 */
export function bucketPolicy({ bucket, prefix, principal }: BucketPolicyArgs): PolicyDocument {
  const statement = (Sid: string, Action: readonly string[], path: string): PolicyStatement => ({
    Sid,
    Effect: "Allow",
    ...(principal !== undefined && { Principal: { AWS: principal } }),
    Action,
    Resource: `arn:aws:s3:::${bucket}${path}`,
  });
  return {
    Version: "2012-10-17",
    Statement: [
      statement("FindBackups", ["s3:ListBucket", "s3:GetBucketLocation"], ""),
      statement("ReadAndAddBackups", ["s3:GetObject", "s3:PutObject"], `/${prefix}/*`),
      statement("RemoveLocks", ["s3:DeleteObject"], `/${prefix}/locks/*`),
    ],
  };
}
