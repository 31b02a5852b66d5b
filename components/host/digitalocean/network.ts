import { Firewall } from "@pulumi/digitalocean/firewall";
import { Tag } from "@pulumi/digitalocean/tag";
import { Vpc } from "@pulumi/digitalocean/vpc";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../../config";

export interface DigitalOceanNetworkArgs {
  /** Name in the account: `clubhouse-production`. */
  readonly cloudName: string;
  readonly region: string;
  /** Networks that SSH is open to. */
  readonly sshFrom: readonly string[];
  readonly ports: StackConfig["ports"];
}

const anywhere = ["0.0.0.0/0", "::/0"];

/**
 * The network of a Droplet, and the firewall before it. The firewall is there before the Droplet and applies to whatever
 * has its tag: a Droplet is behind it from its first moment, not from when it has an id.
 *
 * @example new DigitalOceanNetwork("host-network", { cloudName: "clubhouse-production", region: "nyc3", sshFrom: ["203.0.113.7/32"], ports })
 */
export class DigitalOceanNetwork extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** What puts a Droplet behind the firewall. */
  readonly tag: pulumi.Output<string>;
  readonly firewall: pulumi.Resource;

  constructor(name: string, args: DigitalOceanNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:DigitalOceanNetwork", name, {}, opts);
    const { cloudName, region } = args;
    const parent = { parent: this };
    const vpc = new Vpc(`${name}-vpc`, { name: cloudName, region }, parent);
    const tag = new Tag(`${name}-tag`, { name: cloudName }, parent);
    this.vpcId = vpc.id;
    this.tag = tag.name;
    this.firewall = new Firewall(
      `${name}-firewall`,
      { name: cloudName, tags: [tag.name], inboundRules: inbound(args), outboundRules: outbound() },
      parent,
    );
    this.registerOutputs({ vpcId: this.vpcId, tag: this.tag });
  }
}

/** The same openings as on the machine's own firewall. Everything else is dropped: there is no other default. */
function inbound({ sshFrom, ports }: DigitalOceanNetworkArgs) {
  return [
    { protocol: "tcp", portRange: "22", sourceAddresses: [...sshFrom] },
    open("tcp", ports.http),
    open("tcp", ports.https),
    // HTTP/3.
    open("udp", ports.https),
    // Without it, paths with a smaller packet size lose connections.
    { protocol: "icmp", sourceAddresses: anywhere },
  ];
}

function open(protocol: string, port: number) {
  return { protocol, portRange: String(port), sourceAddresses: anywhere };
}

/** Updates, images, mails, certificates and backups go out; without these rules nothing would. */
function outbound() {
  const all = { destinationAddresses: anywhere };
  return [
    { protocol: "tcp", portRange: "1-65535", ...all },
    { protocol: "udp", portRange: "1-65535", ...all },
    { protocol: "icmp", ...all },
  ];
}
