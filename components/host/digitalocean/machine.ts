import { Droplet } from "@pulumi/digitalocean/droplet";
import type * as pulumi from "@pulumi/pulumi";

export interface DigitalOceanMachineArgs {
  /** Name in the account, and the machine's host name: `clubhouse-production`. */
  readonly cloudName: string;
  readonly region: string;
  /** A size's slug. Another one stops the machine, changes memory and cores, and starts it again. */
  readonly size: pulumi.Input<string>;
  /** A slug or id. Another one replaces the machine. */
  readonly image: string;
  readonly vpcId: pulumi.Input<string>;
  readonly volumeId: pulumi.Input<string>;
  readonly tag: pulumi.Input<string>;
  readonly loginKeys: readonly pulumi.Input<string>[];
  readonly userData: pulumi.Input<string>;
}

/**
 * The machine. Nothing on it is worth keeping: data and address are beside it, so that it can be replaced. It is protected
 * all the same, as that takes the system down for minutes: what would replace it is refused until somebody means it.
 *
 * @example new DigitalOceanMachine("host-machine", { cloudName, region, size, image, vpcId, volumeId, tag, loginKeys, userData }, { parent: this })
 */
export class DigitalOceanMachine extends Droplet {
  constructor(name: string, args: DigitalOceanMachineArgs, opts?: pulumi.CustomResourceOptions) {
    const { cloudName, vpcId, volumeId, tag, loginKeys, region, size, image, userData } = args;
    super(
      name,
      {
        ...{ name: cloudName, region, size, image, userData, vpcUuid: vpcId },
        // Attached at birth, not afterwards: the preparation at the first boot needs it.
        volumeIds: [volumeId],
        tags: [tag],
        sshKeys: [...loginKeys],
        ipv6: true,
        monitoring: true,
        // A bigger disk could never be made smaller again, so neither could the machine. The data have their own.
        resizeDisk: false,
        // It lets the control panel log in as root with keys of its own, which sshd refuses here.
        dropletAgent: false,
        // Postgres ends its work before the machine is deleted.
        gracefulShutdown: true,
      },
      {
        ...opts,
        protect: true,
        // The volume and the address can be on one machine only.
        deleteBeforeReplace: true,
        // Both count at the first boot alone and would replace the machine. A run over SSH brings their changes.
        ignoreChanges: ["userData", "sshKeys"],
        // For the graceful shutdown as well, which the provider would give a minute; Postgres may take two.
        customTimeouts: { delete: "10m" },
      },
    );
  }
}
