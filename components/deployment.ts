import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config";
import type { DeploymentRecord } from "../lib/deploymentRecord";
import { systemRelease } from "../lib/systemRelease";
import type { NoteDeploymentInput } from "../operations/steps/noteDeployment";
import type { Host } from "./host/host";
import { type Identity, physicalName } from "./identity";
import { Step } from "./step";

export interface DeploymentArgs {
  readonly identity: Identity;
  readonly host: Host;
  readonly config: Pick<StackConfig, "app" | "version" | "images">;
  /** Pin of each image that runs, by its short name. */
  readonly pins: Readonly<Record<string, string>>;
  /** What makes the release serve. */
  readonly serving: pulumi.Resource;
}

/**
 * The record of what is deployed, when, and by whom: an output of the stack, and a file on the host that the next release
 * finds the one before in. Written anew only when other images run.
 *
 * @example new Deployment("deployment", { identity, host, config, pins: images.pins, serving })
 */
export class Deployment extends pulumi.ComponentResource {
  readonly record: pulumi.Output<DeploymentRecord>;

  constructor(name: string, args: DeploymentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:components:Deployment", name, {}, opts);
    const { identity, host, config, pins: images, serving } = args;
    const note = new Step<NoteDeploymentInput>(
      `${name}-note`,
      {
        script: "noteDeployment",
        host,
        input: {
          proxy: physicalName(identity, "proxy"),
          release: {
            system: identity.system,
            stack: identity.stack,
            version: systemRelease(config),
            images: Object.fromEntries(Object.entries(images).sort(([a], [b]) => (a < b ? -1 : 1))),
          },
        },
      },
      // No value flows: a release is deployed only once it serves.
      { parent: this, dependsOn: serving },
    );
    this.record = note.stdout.apply((record) => JSON.parse(record || "{}") as DeploymentRecord);
    this.registerOutputs({ record: this.record });
  }
}
