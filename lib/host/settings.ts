import { z } from "zod";
import { hostName } from "../forms";
import { allowed, flag, group, section, text, whole } from "../schemaForms";

export const hostKinds = ["local", "ssh", "digitalocean", "aws"] as const;
export type HostKind = (typeof hostKinds)[number];

/** Where a system runs: the key `host` of a stack. */
export const hostKind = z.enum(hostKinds, allowed("local, ssh, digitalocean or aws")).default("local");

const publicKey =
  /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com) [A-Za-z0-9+/]{40,2000}={0,2}(?: [\x21-\x7e]{1,100})?$/;
const hostKey = /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) [A-Za-z0-9+/]{40,2000}={0,2}$/;
const userName = /^[a-z_][a-z0-9_-]{0,31}$/;
const device = /^\/dev\/[A-Za-z0-9/._-]{1,200}$/;
const bucketName = /^[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]$/;
const networkForm = allowed("a network in CIDR form, such as 203.0.113.7/32 or 2001:db8::/48");
const network = z
  .string(networkForm)
  .refine((range) => z.union([z.cidrv4(), z.cidrv6()]).safeParse(range).success, networkForm);

const name = (example: string, pattern = /^[a-z0-9][a-z0-9.-]{0,62}$/) =>
  text(pattern, `a name such as ${example}`);

/** Gigabytes of the volume that the data are on. FreshTrack's guide asks for 100 GB. */
const volume = whole(1, 16384).default(100);
const bucket = text(bucketName, "a bucket's name: 3 to 63 lower case letters, digits, hyphens").optional();

/** What every machine but the local one is prepared with: the key `machine` of a stack. */
export const machineSettings = group({
  /** Networks that SSH is open to, in the cloud's firewall and on the machine. */
  sshFrom: z
    .array(network, allowed("a list of networks in CIDR form, such as [203.0.113.7/32]"))
    .min(1, allowed("at least one network, or nobody could log in")),
  /** Who may log in, as in a file `id_ed25519.pub`. A machine that is there already keeps those of its user besides. */
  publicKeys: z
    .array(
      text(publicKey, "a public key as in id_ed25519.pub, such as ssh-ed25519 AAAA… ada@example.com"),
      allowed("a list of public keys as in id_ed25519.pub"),
    )
    .default([]),
  /** MiB. FreshTrack's machine has 8 GB of memory; the swap is for a moment of need, not for use. */
  swap: whole(0, 65536).default(2048),
});

/** A machine that is there already: the key `ssh` of a stack. */
export const sshSettings = group({
  address: text(hostName, "the host name or address of the machine"),
  port: whole(1, 65535).default(22),
  /** Who logs in until the machine is prepared: root, or one that may use sudo without a password. */
  user: text(userName, "a user name on the machine, such as root").default("root"),
  hostKey: text(
    hostKey,
    "the machine's public host key, such as ssh-ed25519 AAAA…: `cat /etc/ssh/ssh_host_ed25519_key.pub` in the provider's console prints it, without the comment at its end",
  ),
  /** A disk for the data, formatted if it is empty. Without it they are on the machine's own disk. */
  dataDevice: text(device, "a device such as /dev/disk/by-id/scsi-0HC_Volume_12345678").optional(),
});

/** A Droplet: the key `digitalocean` of a stack. */
export const digitalOceanSettings = section({
  region: name("nyc3", /^[a-z]{3}[0-9]$/).default("nyc3"),
  /** FreshTrack's guide: 4 vCPU, 8 GB. */
  size: name("s-4vcpu-8gb", /^[a-z0-9]+(?:-[a-z0-9.]+)+$/).default("s-4vcpu-8gb"),
  image: name("ubuntu-24-04-x64").default("ubuntu-24-04-x64"),
  volume,
  /**
   * Whether the account has the keys of `machine.publicKeys` already, as where another stack has brought them:
   * DigitalOcean takes each of them only once.
   */
  keysInAccount: flag.default(false),
  /** A Spaces bucket for backups, which the stack creates with a key of its own. */
  bucket,
});

/** An EC2 instance: the key `aws` of a stack. */
export const awsSettings = section({
  region: name("us-east-1", /^[a-z]{2}(?:-[a-z]+)+-[0-9]$/).default("us-east-1"),
  /** FreshTrack's guide: t3.large. */
  size: name("t3.large", /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/).default("t3.large"),
  /** An AMI. The newest of Ubuntu 24.04 unless set; the machine keeps the one that it was made from. */
  image: text(/^ami-[0-9a-f]{8,17}$/, "an AMI's id, such as ami-0123456789abcdef0").optional(),
  volume,
  /** An S3 bucket for backups, which the stack creates with a user of its own. */
  bucket,
});

export const dnsProviders = ["digitalocean", "route53", "none"] as const;

/** Who keeps the records of the domains: the key `dns` of a stack. */
export const dnsSettings = section({
  provider: z.enum(dnsProviders, allowed("digitalocean, route53 or none")).default("none"),
  /** The zone that all domains are in; it must be there. */
  zone: text(hostName, "the zone that the domains are in, such as example.com").optional(),
  /** Seconds. FreshTrack's guide: 300. */
  ttl: whole(30, 86400).default(300),
});

export type MachineSettings = z.output<typeof machineSettings>;

export type SshSettings = z.output<typeof sshSettings>;
export type DigitalOceanSettings = z.output<typeof digitalOceanSettings>;
export type AwsSettings = z.output<typeof awsSettings>;
export type DnsSettings = z.output<typeof dnsSettings>;

/** Of a stack whose host isn't local. Its schema sees to it that they are there. */
export function machineOf({ machine }: { readonly machine?: MachineSettings | undefined }): MachineSettings {
  if (machine === undefined)
    throw new RangeError("slipway:machine is missing: every host but local needs it");
  return machine;
}

/** Of a stack whose host is ssh, likewise. */
export function sshOf({ ssh }: { readonly ssh?: SshSettings | undefined }): SshSettings {
  if (ssh === undefined) throw new RangeError("slipway:ssh is missing: slipway:host ssh needs it");
  return ssh;
}
