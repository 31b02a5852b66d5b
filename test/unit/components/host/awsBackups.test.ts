import { expect, it } from "vitest";
import { bucketPolicy } from "../../../../lib/backup/bucketPolicy";
import { encryptedOnly } from "../../../../lib/host/aws/bucketAccess";
import { revealed, secret, urn } from "../../mocks";
import { awsShop, recordAws } from "./aws";

const bucket = "shop-backups";
const config = awsShop({ bucket });

it("are in a bucket that keeps what is overwritten or removed for a month", async () => {
  const recording = await recordAws(config);
  expect(recording.get("host-backups-bucket")).toMatchObject({
    type: "aws:s3/bucket:Bucket",
    inputs: { bucket, objectLockEnabled: true },
    options: { protect: true, provider: "host-aws" },
    parent: urn("slipway:host:AwsHost$slipway:host:AwsBackupBucket", "host-backups"),
  });
  expect(recording.get("host-backups-versioning").inputs).toEqual({
    bucket,
    versioningConfiguration: { status: "Enabled" },
  });
  expect(recording.get("host-backups-lock").inputs).toEqual({
    bucket,
    rule: { defaultRetention: { mode: "GOVERNANCE", days: 30 } },
  });
  expect(recording.get("host-backups-lifecycle").inputs).toEqual({
    bucket,
    rules: [
      {
        id: "remove-what-is-no-longer-there",
        status: "Enabled",
        filter: {},
        noncurrentVersionExpiration: { noncurrentDays: 30 },
        expiration: { expiredObjectDeleteMarker: true },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
      },
    ],
  });
  // Both are about versions, which there must be first.
  for (const name of ["host-backups-lock", "host-backups-lifecycle"]) {
    expect(recording.get(name).dependencies).toContain("host-backups-versioning");
  }
});

it("are private, encrypted on the way and on the disk", async () => {
  const recording = await recordAws(config);
  expect(recording.get("host-backups-private").inputs).toEqual({
    bucket,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  expect(recording.get("host-backups-ownership").inputs).toEqual({
    bucket,
    rule: { objectOwnership: "BucketOwnerEnforced" },
  });
  expect(recording.get("host-backups-encryption").inputs).toEqual({
    bucket,
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
  });
  const policy = recording.get("host-backups-policy");
  expect(JSON.parse(String(policy.inputs.policy))).toEqual(encryptedOnly(`arn:aws:s3:::${bucket}`));
  expect(policy.dependencies).toContain("host-backups-private");
});

it("are written by a user who may add to them and nothing else", async () => {
  const recording = await recordAws(config);
  expect(recording.get("host-backup-user-user").inputs).toEqual({ path: "/slipway/" });
  const rights = recording.get("host-backup-user-rights").inputs;
  expect(rights.user).toBe("host-backup-user-user-1a2b3c4");
  expect(JSON.parse(String(rights.policy))).toEqual(bucketPolicy({ bucket, prefix: "shop/test" }));
  const key = recording.get("host-backup-user-key");
  expect(key.inputs).toEqual({ user: "host-backup-user-user-1a2b3c4" });
  expect(key.dependencies).toContain("host-backup-user-rights");
});

it("get the key as secrets of the system", async () => {
  const { made } = await recordAws(config);
  const { backupS3AccessKeyId, backupS3SecretAccessKey } = made.secrets;
  if (backupS3AccessKeyId === undefined || backupS3SecretAccessKey === undefined) throw new Error("no key");
  expect(await revealed(backupS3AccessKeyId)).toEqual(secret("host-backup-user-key-id"));
  expect(await revealed(backupS3SecretAccessKey)).toEqual(secret("the secret half"));
});

it("have no bucket where the stack names none", async () => {
  const recording = await recordAws(awsShop());
  expect(recording.list.filter((one) => /aws:(?:s3|iam)/.test(one))).toEqual([]);
  expect(recording.made.secrets).toEqual({});
});
