import type * as pulumi from "@pulumi/pulumi";
import type { JobSpec } from "../../apps/spec";
import type { Credentials } from "../data/database";
import { Job, type RestorePointArgs } from "./job";
import { type Platform, processArgs, serviceSpec } from "./process";

export interface ServiceJobArgs {
  readonly platform: Platform;
  /** What it does, for messages: "Migration". */
  readonly what: string;
  readonly spec: JobSpec;
  /** The role of the database that it connects as. */
  readonly role: Credentials;
  /** Seconds; then it is stopped. */
  readonly timeout: number;
  /** What is dumped before it. Nothing when left out. */
  readonly restorePoint?: RestorePointArgs | undefined;
}

/**
 * A job that runs in the image of a service, with its user and environment: a migration, the first administrator.
 *
 * @example new ServiceJob("migration", { platform, what: "Migration", spec: app.migration, role: database.owner, timeout: 600 })
 */
export class ServiceJob extends Job {
  constructor(name: string, args: ServiceJobArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, spec, what, role, timeout, restorePoint } = args;
    const { release } = platform.images.get(serviceSpec(platform.app, spec.service).image);
    super(
      name,
      {
        host: platform.host,
        what: `${what}, release ${release},`,
        container: {
          ...processArgs(platform, spec.service, role, spec.environment),
          service: name,
          command: spec.command,
        },
        timeout,
        restorePoint,
      },
      opts,
    );
  }
}
