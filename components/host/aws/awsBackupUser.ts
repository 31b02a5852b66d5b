import { AccessKey } from "@pulumi/aws/iam/accessKey";
import { User } from "@pulumi/aws/iam/user";
import { UserPolicy } from "@pulumi/aws/iam/userPolicy";
import * as pulumi from "@pulumi/pulumi";
import { bucketPolicy } from "../../../lib/backup/bucketPolicy";

export interface AwsBackupUserArgs {
  readonly bucket: pulumi.Input<string>;
  /** Folder of the repository in the bucket: `clubhouse/production`. */
  readonly prefix: string;
}

/**
 * Who the server is when it writes backups: may read and add them, and nothing else in the account. A user with a key and
 * not a role of the machine, as a role's credentials come from the metadata address: whatever reaches that has them, so
 * containers don't reach it, the one that makes the backups neither.
 *
 * @example new AwsBackupUser("host-backup-user", { bucket: "clubhouse-backups", prefix: "clubhouse/production" }, { providers: [provider] })
 */
export class AwsBackupUser extends pulumi.ComponentResource {
  /** Known once the key may do what it is for. */
  readonly accessKeyId: pulumi.Output<string>;
  readonly secretAccessKey: pulumi.Output<string>;

  constructor(name: string, { bucket, prefix }: AwsBackupUserArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:AwsBackupUser", name, {}, opts);
    const parent = { parent: this };
    const user = new User(`${name}-user`, { path: "/slipway/" }, parent);
    const rights = new UserPolicy(
      `${name}-rights`,
      {
        user: user.name,
        policy: pulumi.jsonStringify(
          pulumi.output(bucket).apply((one) => bucketPolicy({ bucket: one, prefix })),
        ),
      },
      parent,
    );
    const key = new AccessKey(`${name}-key`, { user: rights.user }, parent);
    this.accessKeyId = pulumi.secret(key.id);
    this.secretAccessKey = pulumi.secret(key.secret);
    this.registerOutputs({ accessKeyId: this.accessKeyId, secretAccessKey: this.secretAccessKey });
  }
}
