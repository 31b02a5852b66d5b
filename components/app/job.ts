import * as pulumi from "@pulumi/pulumi";
import type { RestorePoint, RestorePointInput } from "../../operations/steps/restorePoint";
import type { JobResult, RunJobInput } from "../../operations/steps/runJob";
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
  /** What is dumped before it. Nothing when left out. */
  readonly restorePoint?: RestorePointArgs | undefined;
  /** Whether it stops another run of it that hasn't ended, instead of failing. @default false */
  readonly force?: boolean;
}

export interface RestorePointArgs {
  readonly input: RestorePointInput;
  /** What must have happened before the backup service can be asked. */
  readonly ready: pulumi.Resource;
}

/**
 * A process that runs once to its end: a container that is created but not started, and the step that starts it, shows
 * what it prints and checks its exit code. It runs again when anything about its container changes, and after a failure.
 * The container before it is deleted last of all: while that one still runs, for an update that was broken off, this one
 * is refused.
 *
 * @example new Job("migration", { host, what: "migration of release 1.1.0", container: { ... }, timeout: 600 })
 */
export class Job extends pulumi.ComponentResource {
  /** Known when the job has succeeded. */
  readonly done: pulumi.Output<string>;
  /** What was dumped before it ran last. */
  readonly restorePoint: pulumi.Output<RestorePoint | undefined>;

  constructor(name: string, args: JobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:app:Job", name, {}, opts);
    const container = new HardenedContainer(
      `${name}-container`,
      { ...args.container, oneShot: true },
      { parent: this, deleteBeforeReplace: false },
    );
    const run = new Step<RunJobInput>(
      `${name}-run`,
      {
        script: "runJob",
        host: args.host,
        input: {
          what: args.what,
          container: container.startable,
          timeout: args.timeout,
          ...(args.restorePoint === undefined ? {} : { restorePoint: args.restorePoint.input }),
          // Left out otherwise: another input would run it again.
          ...(args.force === true && { force: true }),
        },
      },
      // No value flows: what the service is doesn't matter to the job.
      { parent: this, dependsOn: args.restorePoint?.ready ?? [] },
    );
    this.done = run.id;
    this.restorePoint = run.stdout.apply((result) => (JSON.parse(result || "{}") as JobResult).restorePoint);
    this.registerOutputs({ done: this.done });
  }
}
