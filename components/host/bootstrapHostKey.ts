import * as pulumi from "@pulumi/pulumi";
import type { BootstrapHostKeyResult } from "../../operations/steps/bootstrapHostKey";
import { Step } from "../step";

/**
 * The host key that a new machine of a cloud shows at the first contact: the one thing in its user data that nobody else
 * should know. Made once for a stack; a machine that is prepared has done with it.
 *
 * @example new BootstrapHostKey("host-bootstrap").publicKey
 */
export class BootstrapHostKey extends pulumi.ComponentResource {
  /** Both halves, secret. */
  readonly result: pulumi.Output<BootstrapHostKeyResult>;
  /** `ecdsa-sha2-nistp256 AAAA…`. No secret, so that what it is part of, the way to log in, is none either. */
  readonly publicKey: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:BootstrapHostKey", name, {}, opts);
    const step = new Step<Record<never, never>>(
      `${name}-key`,
      { script: "bootstrapHostKey", input: {} },
      {
        parent: this,
        additionalSecretOutputs: ["stdout"],
        // Made at creation only: a machine that is there knows no other key, and would not be known by it.
        ignoreChanges: ["create", "environment", "interpreter", "logging", "stdin"],
      },
    );
    this.result = pulumi
      .secret(step.stdout)
      .apply((printed) => JSON.parse(printed) as BootstrapHostKeyResult);
    this.publicKey = pulumi.unsecret(this.result.publicKey);
    this.registerOutputs({ publicKey: this.publicKey });
  }
}
