import { VolumeAttachment } from "@pulumi/aws/ec2/volumeAttachment";
import { Provider } from "@pulumi/aws/provider";
import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config";
import { storePrefix } from "../../lib/backup/serviceSettings";
import { dataDevice } from "../../lib/host/aws/machine";
import { cloudName } from "../../lib/host/cloudName";
import { type Connection, machineUser } from "../../lib/host/connection";
import type { PreparationArgs } from "../../lib/host/machine/arguments";
import { preparation } from "../../lib/host/machine/preparation";
import type { Preparation } from "../../lib/host/preparation";
import { machineOf } from "../../lib/host/settings";
import { compressedUserData } from "../../lib/host/userData";
import { AwsAddress } from "./aws/awsAddress";
import { AwsBackupBucket } from "./aws/awsBackupBucket";
import { AwsBackupUser } from "./aws/awsBackupUser";
import { AwsDataVolume } from "./aws/awsDataVolume";
import { AwsFirewall } from "./aws/awsFirewall";
import { AwsMachine } from "./aws/awsMachine";
import { AwsNetwork } from "./aws/awsNetwork";
import { awsSize } from "./aws/awsSize";
import { BootstrapHostKey } from "./bootstrapHostKey";
import type { Host } from "./host";
import { RemoteEngine } from "./remoteEngine";

export interface AwsHostArgs {
  readonly config: Pick<StackConfig, "app" | "aws" | "backups" | "machine" | "ports" | "stack">;
}

/**
 * An EC2 instance with a network, a firewall, a fixed address and a disk for the data, and a bucket for the backups where
 * the stack names one. Data, addresses and bucket outlive the instance.
 *
 * @example new AwsHost("host", { config })
 */
export class AwsHost extends pulumi.ComponentResource implements Host {
  readonly provider: docker.Provider;
  readonly engineEnvironment: Host["engineEnvironment"];
  readonly connection: pulumi.Output<Connection>;
  readonly ipv4: pulumi.Output<string>;
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, { config }: AwsHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:AwsHost", name, {}, opts);
    const { aws, ports } = config;
    const machine = machineOf(config);
    const cloud = this.account(name, config);
    const children = { parent: this, providers: [cloud] };
    const size = awsSize(aws, { parent: this, provider: cloud });
    const network = new AwsNetwork(`${name}-network`, { zone: size.zone }, children);
    const firewall = new AwsFirewall(
      `${name}-firewall`,
      { vpcId: network.vpcId, sshFrom: machine.sshFrom, ports },
      children,
    );
    const address = new AwsAddress(
      `${name}-address`,
      { subnetId: network.subnetId, securityGroupId: firewall.securityGroupId },
      children,
    );
    const volume = new AwsDataVolume(
      `${name}-data`,
      { zone: network.zone, size: aws.volume },
      { parent: this, provider: cloud },
    );
    const bootstrap = new BootstrapHostKey(`${name}-bootstrap`, { parent: this });
    const made = new AwsMachine(
      `${name}-machine`,
      {
        ...{ image: aws.image, publicKeys: machine.publicKeys },
        ...{ size: size.in(network.zone), architecture: size.architecture },
        interfaceId: address.interfaceId,
        userData: pulumi
          .all([preparationOf(volume.id, { ...machine, ports }), bootstrap.result])
          .apply(([prepared, bootstrapHostKey]) => compressedUserData(prepared, { bootstrapHostKey })),
      },
      children,
    );
    const attached = new VolumeAttachment(
      `${name}-data-attachment`,
      {
        instanceId: made.machineId,
        volumeId: volume.id,
        deviceName: "/dev/sdf",
        stopInstanceBeforeDetaching: true,
      },
      // A volume is in one machine at a time.
      { parent: this, provider: cloud, deleteBeforeReplace: true },
    );
    const engine = new RemoteEngine(
      `${name}-engine`,
      {
        login: pulumi.output({
          ...{ address: address.ipv4, port: 22, user: machineUser },
          hostKey: bootstrap.publicKey,
        }),
        cloudInit: true,
        ...{ machine: made.machineId, size: made.size },
        // By the attachment, as the disk is to be there.
        preparation: preparationOf(attached.volumeId, { ...machine, ports }),
      },
      { parent: this },
    );
    this.provider = engine.provider;
    this.engineEnvironment = engine.engineEnvironment;
    this.connection = engine.connection;
    this.ipv4 = address.ipv4;
    this.secrets = this.backupStore(name, config, cloud);
    this.registerOutputs({ provider: this.provider, connection: this.connection, ipv4: this.ipv4 });
  }

  /** The account, seen from the region, where everything carries the name of the stack. */
  private account(name: string, { app, stack, aws }: AwsHostArgs["config"]): Provider {
    const identity = { system: app.name, stack };
    const tags = { Name: cloudName(identity), "slipway:system": app.name, "slipway:stack": stack };
    return new Provider(
      `${name}-aws`,
      // The SDK would leave the region unchecked: one that there isn't has no servers, and is asked again and again.
      { region: aws.region, skipRegionValidation: false, defaultTags: { tags } },
      { parent: this },
    );
  }

  private backupStore(name: string, { app, stack, aws, backups }: AwsHostArgs["config"], cloud: Provider) {
    if (aws.bucket === undefined || backups.s3 === undefined) return {};
    const children = { parent: this, providers: [cloud] };
    const { bucket } = new AwsBackupBucket(`${name}-backups`, { bucket: aws.bucket }, children);
    const prefix = storePrefix(backups.s3, app.name, stack);
    const user = new AwsBackupUser(`${name}-backup-user`, { bucket, prefix }, children);
    return { backupS3AccessKeyId: user.accessKeyId, backupS3SecretAccessKey: user.secretAccessKey };
  }
}

function preparationOf(
  volumeId: pulumi.Output<string>,
  args: Omit<PreparationArgs, "dataDevice">,
): pulumi.Output<Preparation> {
  return volumeId.apply((id) => preparation({ ...args, dataDevice: dataDevice(id) }));
}
