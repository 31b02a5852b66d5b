import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "./host/host";

export interface StepArgs<Input> {
  /** File in operations/steps/, without its ending. */
  readonly script:
    | "awaitReady"
    | "runJob"
    | "reconcileDatabase"
    | "createBuckets"
    | "applyProxyConfiguration"
    | "configureParts"
    | "noteRelease"
    | "noteDeployment"
    | "bootstrapHostKey"
    | "readHostKey"
    | "prepareHost";
  /** Whose engine it works on; left out by what makes a machine ready to have one. */
  readonly host?: Host;
  /** What the script reads from its standard input. A change of it runs the step again. */
  readonly input: { readonly [Key in keyof Input]: pulumi.Input<Input[Key]> };
}

/**
 * Something that an update does between creating resources: wait, migrate, switch the traffic. A script of ours, run on
 * the machine that runs the update, against the engine of the host. When it fails, the update stops there, and the next
 * one runs it again.
 */
export class Step<Input> extends command.local.Command {
  constructor(name: string, args: StepArgs<Input>, opts?: pulumi.CustomResourceOptions) {
    super(
      name,
      {
        interpreter: ["node", "--require", "tsx/cjs"],
        // Relative to the program's folder, where the engine starts it: an absolute path would differ between machines.
        create: `operations/steps/${args.script}.ts`,
        stdin: pulumi.jsonStringify(args.input),
        environment: args.host?.engineEnvironment ?? {},
        // Standard output is the result; what people should read goes to standard error.
        logging: command.local.Logging.Stderr,
      },
      opts,
    );
  }
}
