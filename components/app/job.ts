import * as pulumi from "@pulumi/pulumi";
import type { RunJobInput } from "../../operations/steps/runJob";
import { HardenedContainer, type HardenedContainerArgs } from "../container";
import type { Host } from "../host/host";
import { Step } from "../step";

export interface JobArgs {
  readonly host: Host;
  /** What the job does, for messages: "migration of release 1.1.0". */
  readonly what: string;
  readonly container: Omit<HardenedContainerArgs, "oneShot" | "health" | "ports">;
  /** Seconds; then it is stopped. */
  readonly timeout: number;
}

/**
 * A process that runs once to its end: a container that is created but not started, and the step that starts it, shows
 * what it prints and checks its exit code. It runs again when anything about its container changes, and after a failure.
 *
 * @example new Job("migration", { host, what: "migration of release 1.1.0", container: { ... }, timeout: 600 })
 */
export class Job extends pulumi.ComponentResource {
  /** Known when the job has succeeded. */
  readonly done: pulumi.Output<string>;

  constructor(name: string, args: JobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:app:Job", name, {}, opts);
    const container = new HardenedContainer(
      `${name}-container`,
      { ...args.container, oneShot: true },
      { parent: this },
    );
    const run = new Step<RunJobInput>(
      `${name}-run`,
      {
        script: "runJob",
        host: args.host,
        input: { what: args.what, container: container.startable, timeout: args.timeout },
      },
      { parent: this },
    );
    this.done = run.id;
    this.registerOutputs({ done: this.done });
  }
}
