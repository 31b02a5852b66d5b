import type * as pulumi from "@pulumi/pulumi";
import type { JobSpec } from "../../apps/spec";
import type { Credentials } from "../data/database";
import { Job, type RestorePointArgs } from "./job";
import { jobProcess, type Platform, processArgs } from "./process";

export interface ServiceJobArgs {
  readonly platform: Platform;
  /** What it does, for messages: "Migration". */
  readonly what: string;
  readonly spec: JobSpec;
  /** The role of the database that it connects as, unless an own process names one. @default that of its service */
  readonly role?: Credentials;
  /** Seconds; then it is stopped. */
  readonly timeout: number;
  /** What is dumped before it. Nothing when left out. */
  readonly restorePoint?: RestorePointArgs | undefined;
  /** Whether it stops another run of it that hasn't ended, instead of failing. @default false */
  readonly force?: boolean;
}

/**
 * A job of a spec, in the image of a service with its user and environment, or in one of its own: a migration, the first
 * administrator.
 *
 * @example new ServiceJob("migration", { platform, what: "Migration", spec: app.migration, role: database.owner, timeout: 600 })
 */
export class ServiceJob extends Job {
  constructor(name: string, args: ServiceJobArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, what, spec, timeout, restorePoint, force = false } = args;
    const process = jobProcess(platform.app, name, spec);
    const role = "service" in spec || spec.databaseRole === undefined ? args.role : undefined;
    const { release } = platform.images.get(process.spec.image);
    super(
      name,
      {
        host: platform.host,
        what: `${what}, release ${release},`,
        container: processArgs(platform, process, role),
        timeout,
        restorePoint,
        force,
      },
      opts,
    );
  }
}
