import { Volume } from "@pulumi/digitalocean/volume";
import type * as pulumi from "@pulumi/pulumi";

export interface DigitalOceanDataVolumeArgs {
  /** Name in the account, unique in the region: `clubhouse-production-data`. */
  readonly cloudName: string;
  readonly region: string;
  /** GiB. It may grow, never shrink: the provider refuses that. */
  readonly size: number;
}

/**
 * The disk that the data are on, apart from the machine: protected from `pulumi destroy`, and kept in the account even
 * when it leaves the state. It comes empty: the machine's preparation formats it, and only while it is.
 *
 * @example new DigitalOceanDataVolume("host-data", { cloudName: "clubhouse-production-data", region: "nyc3", size: 100 }, { parent: this })
 */
export class DigitalOceanDataVolume extends Volume {
  constructor(
    name: string,
    { cloudName, region, size }: DigitalOceanDataVolumeArgs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    // Without a description: a change of it would replace the volume.
    super(name, { name: cloudName, region, size }, { ...opts, protect: true, retainOnDelete: true });
  }
}

/** Where a machine finds the volume of this name. */
export function volumeDevice(cloudName: string): string {
  return `/dev/disk/by-id/scsi-0DO_Volume_${cloudName}`;
}
