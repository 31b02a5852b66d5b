import { Volume } from "@pulumi/aws/ebs/volume";
import type * as pulumi from "@pulumi/pulumi";

export interface AwsDataVolumeArgs {
  /** Availability zone, which must be the machine's. */
  readonly zone: pulumi.Input<string>;
  /** GiB. It may grow, never shrink. */
  readonly size: number;
}

/**
 * The disk that the data are on, apart from the machine: protected from `pulumi destroy`, and kept in the account even
 * when it leaves the state.
 *
 * @example new AwsDataVolume("host-data", { zone: network.zone, size: 100 }, { provider })
 */
export class AwsDataVolume extends Volume {
  constructor(name: string, { zone, size }: AwsDataVolumeArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      name,
      { availabilityZone: zone, size, type: "gp3", encrypted: true },
      { ...opts, protect: true, retainOnDelete: true },
    );
  }
}
