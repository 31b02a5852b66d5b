import { SshKey } from "@pulumi/digitalocean/sshKey";
import type * as pulumi from "@pulumi/pulumi";
import { fingerprint } from "../../../lib/host/fingerprint";

export interface LoginKeysArgs {
  readonly cloudName: string;
  readonly publicKeys: readonly string[];
  /** Whether the account has them. */
  readonly keysInAccount: boolean;
}

/**
 * The keys that a Droplet is made with, as it wants them. Who may log in is decided by the machine's preparation; without
 * any key here, DigitalOcean would think up a password for root and mail it.
 *
 * An account has a key only once. Those that it has are named by their fingerprints.
 */
export function loginKeys(
  name: string,
  { cloudName, publicKeys, keysInAccount }: LoginKeysArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Input<string>[] {
  return publicKeys.map((publicKey) => {
    const print = fingerprint(publicKey);
    if (keysInAccount) return print;
    // Named by the key: with numbers, taking out the first one would replace all others.
    const short = print.replaceAll(":", "").slice(0, 8);
    return new SshKey(`${name}-${short}`, { name: `${cloudName}-${short}`, publicKey }, opts).fingerprint;
  });
}
