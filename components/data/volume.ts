import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { type Identity, labels, physicalName } from "../identity";

export interface VolumeArgs {
  readonly identity: Identity;
  /** What it holds, a part of its physical name: `postgres`. */
  readonly part: string;
  /** Whether the stack may stop using it, as it does when what it belongs to is switched off. @default false */
  readonly dispensable?: boolean;
}

/**
 * A named volume whose data outlives everything: protected from `pulumi destroy` unless it is dispensable, and kept on the
 * engine even when it leaves the state.
 */
export class Volume extends docker.Volume {
  constructor(
    name: string,
    { identity, part, dispensable = false }: VolumeArgs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super(
      name,
      { name: physicalName(identity, part), labels: labels(identity) },
      {
        ...opts,
        protect: !dispensable,
        retainOnDelete: true,
        // A change of these replaces the volume, and the new one of the same name is the same volume, deleted next (pulumi-docker#389).
        ignoreChanges: ["labels", "driver", "driverOpts"],
      },
    );
  }
}
