import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { SecretSpec } from "../../apps/spec";

export interface SecretsArgs {
  readonly specs: Readonly<Record<string, SecretSpec>>;
  /** What the stack sets. The rest is generated, or left out where that is allowed. */
  readonly given: Readonly<Record<string, pulumi.Output<string>>>;
}

/**
 * The secrets of a system. A generated one is made once and protected: without the key that encrypted it, data is lost
 * as surely as with its disk.
 *
 * @example new Secrets("secrets", { specs: secretSpecs(app), given: config.secrets })
 */
export class Secrets extends pulumi.ComponentResource {
  private readonly specs: Readonly<Record<string, SecretSpec>>;
  private readonly values: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, { specs, given }: SecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:data:Secrets", name, {}, opts);
    const values: Record<string, pulumi.Output<string>> = { ...given };
    for (const [secret, spec] of Object.entries(specs)) {
      if (values[secret] !== undefined || spec.origin !== "generate") continue;
      values[secret] = generated(`${name}-${secret}`, spec.form, { parent: this, protect: true });
    }
    this.specs = specs;
    this.values = values;
    this.registerOutputs({ names: Object.keys(values).sort() });
  }

  /** @throws {RangeError} for one that the system doesn't have, or that is neither given nor generated. */
  get(secret: string): pulumi.Output<string> {
    const value = this.find(secret);
    if (value === undefined) throw new RangeError(`secret "${secret}" is optional and not set`);
    return value;
  }

  /**
   * The secret, or undefined for an optional one that the stack doesn't set.
   *
   * @throws {RangeError} for one that the system doesn't have.
   */
  find(secret: string): pulumi.Output<string> | undefined {
    if (this.specs[secret] === undefined) {
      throw new RangeError(`secret "${secret}" is not one of ${Object.keys(this.specs).sort().join(", ")}`);
    }
    return this.values[secret];
  }
}

/** Always a RandomPassword: the id of RandomBytes, which the state and the command show, is the secret itself. */
function generated(
  name: string,
  form: SecretSpec["form"],
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  switch (form) {
    case "password":
      return new random.RandomPassword(name, { length: 32, special: false }, opts).result;
    case "base64-32":
      return bytes(name, "base64", opts);
    case "hex-32":
      return bytes(name, "hex", opts);
    case "url":
      throw new RangeError(`secret "${name}" is an address: it can be set, but not generated`);
  }
}

function bytes(
  name: string,
  encoding: "base64" | "hex",
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  // 43 letters and digits carry 256 bits; the digest makes 32 bytes of them.
  return new random.RandomPassword(name, { length: 43, special: false }, opts).result.apply((letters) =>
    createHash("sha256").update(letters).digest(encoding),
  );
}
