import { Volume as EbsVolume } from "@pulumi/aws/ebs/volume";
import { DefaultSecurityGroup } from "@pulumi/aws/ec2/defaultSecurityGroup";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { SecurityGroupRule } from "@pulumi/aws/ec2/securityGroupRule";
import { ClusterInstance } from "@pulumi/aws/rds/clusterInstance";
import { Instance } from "@pulumi/aws/rds/instance";
import { Bucket } from "@pulumi/aws/s3/bucket";
import { BucketAcl } from "@pulumi/aws/s3/bucketAcl";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule";
import { DatabaseCluster } from "@pulumi/digitalocean/databaseCluster";
import { DatabaseFirewall } from "@pulumi/digitalocean/databaseFirewall";
import { Droplet } from "@pulumi/digitalocean/droplet";
import { Firewall } from "@pulumi/digitalocean/firewall";
import { SpacesBucket } from "@pulumi/digitalocean/spacesBucket";
import { Tag } from "@pulumi/digitalocean/tag";
import { Volume } from "@pulumi/digitalocean/volume";
import { describe, expect, it } from "vitest";
import { type Judged, judged, violations } from "./verdict";

const world = ["0.0.0.0/0", "::/0"];

function shown(...resources: readonly Judged[]): string[] {
  return violations(resources).map(({ policy, resource, message }) => `${policy} ${resource}: ${message}`);
}

/** The same opening in every form that the clouds have. */
function openings(protocol: string, from: number, to: number, sources: readonly string[]): Judged[] {
  const common = { fromPort: from, toPort: to };
  const cidrBlocks = sources.filter((source) => !source.includes(":"));
  const ipv6CidrBlocks = sources.filter((source) => source.includes(":"));
  const ingress = [{ protocol, ...common, cidrBlocks, ipv6CidrBlocks }];
  const group = { securityGroupId: "sg-1" };
  const portRange = from === to ? String(from) : `${from}-${to}`;
  const inboundRules = [{ protocol, portRange, sourceAddresses: [...sources] }];
  return [
    judged(Firewall, "droplets", { inboundRules }),
    judged(SecurityGroup, "group", { ingress }),
    judged(DefaultSecurityGroup, "default", { ingress }),
    judged(SecurityGroupRule, "rule", {
      ...{ type: "ingress", protocol, ...common, ...group, cidrBlocks, ipv6CidrBlocks },
    }),
    ...sources.map((source) =>
      judged(SecurityGroupIngressRule, "ingress", {
        ...{ ipProtocol: protocol, ...common, ...group },
        ...(source.includes(":") ? { cidrIpv6: source } : { cidrIpv4: source }),
      }),
    ),
  ];
}

describe("a firewall", () => {
  it.each([
    ["tcp", 80],
    ["tcp", 443],
    ["udp", 443],
  ])("may open %s %i to everybody", (protocol, port) => {
    expect(shown(...openings(protocol, port, port, world))).toEqual([]);
  });

  it.each([
    ["tcp", 5432, 5432],
    ["udp", 80, 80],
    ["tcp", 80, 443],
    ["tcp", 22, 23],
    ["tcp", 1, 65535],
  ])("may not open %s %i to %i", (protocol, from, to) => {
    const ports = from === to ? from : `${from}-${to}`;
    const message = (source: string) =>
      `${protocol} ${ports} is open to ${source}. Only 80/tcp, 443/tcp, 443/udp and icmp may be: name who needs it.`;
    const [v4 = "", v6 = ""] = world;
    const both = ["droplets", "group", "default", "rule"].flatMap((name) => [
      `firewall-closed ${name}: ${message(v4)}`,
      `firewall-closed ${name}: ${message(v6)}`,
    ]);
    expect(shown(...openings(protocol, from, to, world)).sort()).toEqual(
      [...both, `firewall-closed ingress: ${message(v4)}`, `firewall-closed ingress: ${message(v6)}`].sort(),
    );
  });

  it("may open any port to a network", () => {
    expect(shown(...openings("tcp", 22, 22, ["203.0.113.7/32", "2001:db8::/48"]))).toEqual([]);
    expect(shown(...openings("tcp", 5432, 5432, ["10.0.0.0/8", "203.0.113.7"]))).toEqual([]);
  });

  it.each(["0.0.0.0/1", "128.0.0.0/1", "2000::/3"])("is open to the world with %s", (half) => {
    expect(shown(...openings("tcp", 5432, 5432, [half]))).toHaveLength(5);
  });

  it("may let in ping, and deny what it wants", () => {
    const inboundRules = [
      { protocol: "icmp", sourceAddresses: world },
      { protocol: "tcp", portRange: "all", sourceAddresses: world, action: "deny" },
    ];
    expect(shown(judged(Firewall, "droplets", { inboundRules }))).toEqual([]);
    const group = { securityGroupId: "sg-1", cidrIpv6: "::/0" };
    expect(shown(judged(SecurityGroupIngressRule, "ping", { ipProtocol: "icmpv6", ...group }))).toEqual([]);
  });

  it.each(["all", "0", undefined])("opens all ports with %s", (portRange) => {
    const inboundRules = [
      { protocol: "tcp", ...(portRange === undefined ? {} : { portRange }), sourceAddresses: ["0.0.0.0/0"] },
    ];
    expect(shown(judged(Firewall, "droplets", { inboundRules }))).toEqual([
      "firewall-closed droplets: tcp 0-65535 is open to 0.0.0.0/0. Only 80/tcp, 443/tcp, 443/udp and icmp may be: name who needs it.",
    ]);
  });

  it("opens every protocol with -1, whatever its ports", () => {
    const rule = {
      ipProtocol: "-1",
      fromPort: 443,
      toPort: 443,
      cidrIpv4: "0.0.0.0/0",
      securityGroupId: "sg-1",
    };
    expect(shown(judged(SecurityGroupIngressRule, "all", rule))).toEqual([
      "firewall-closed all: every protocol 0-65535 is open to 0.0.0.0/0. Only 80/tcp, 443/tcp, 443/udp and icmp may be: name who needs it.",
    ]);
  });

  it("may let everything out", () => {
    const egress = { type: "egress", protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] };
    expect(shown(judged(SecurityGroupRule, "out", { ...egress, securityGroupId: "sg-1" }))).toEqual([]);
  });

  it("draws a warning when SSH is open to everybody", () => {
    const found = violations(openings("tcp", 22, 22, ["0.0.0.0/0"]));
    expect(found.map(({ policy }) => policy)).toEqual(Array(5).fill("ssh-restricted"));
    expect(found[0]?.message).toBe(
      "22/tcp is open to 0.0.0.0/0. Set slipway:machine.sshFrom to the networks you log in from.",
    );
  });

  it("is there for each Droplet", () => {
    const tag = judged(Tag, "tag", { name: "shop" });
    const droplet = (name: string, tagged: string) =>
      judged(
        Droplet,
        name,
        { image: "ubuntu-24-04-x64", size: "s-1vcpu-1gb" },
        { madeOf: { tags: [tagged] } },
      );
    const firewall = judged(Firewall, "firewall", {}, { madeOf: { tags: ["tag"] } });
    const byId = judged(Firewall, "firewall", {}, { madeOf: { dropletIds: ["machine"] } });
    const message =
      "firewall-present machine: machine has none. Give it a tag that a digitalocean.Firewall has too.";
    expect(shown(tag, droplet("machine", "tag"))).toEqual([message]);
    expect(shown(tag, droplet("machine", "other"), firewall)).toEqual([message]);
    expect(shown(tag, droplet("machine", "tag"), firewall)).toEqual([]);
    expect(shown(droplet("machine", "other"), byId)).toEqual([]);
  });
});

describe("a managed database", () => {
  it("is not publicly accessible", () => {
    const open = { instanceClass: "db.t3.micro", publiclyAccessible: true };
    const cluster = { clusterIdentifier: "shop", engine: "aurora-postgresql" } as const;
    const resources = (publiclyAccessible: boolean) => [
      judged(Instance, "rds", { ...open, publiclyAccessible }),
      judged(ClusterInstance, "aurora", { ...open, ...cluster, publiclyAccessible }),
    ];
    expect(shown(...resources(true))).toEqual([
      "database-private rds: rds is publiclyAccessible. Set it to false.",
      "database-private aurora: aurora is publiclyAccessible. Set it to false.",
    ]);
    expect(shown(...resources(false))).toEqual([]);
  });

  it("of DigitalOcean has a firewall, which lets in nobody in general", () => {
    const size = { engine: "pg", nodeCount: 1, region: "nyc3", size: "db-s-1vcpu-1gb" };
    const cluster = judged(DatabaseCluster, "cluster", size);
    const firewall = (value: string) =>
      judged(
        DatabaseFirewall,
        "trusted",
        { clusterId: "id", rules: [{ type: "ip_addr", value }] },
        { madeOf: { clusterId: ["cluster"] } },
      );
    expect(shown(cluster)).toEqual([
      "database-firewall-present cluster: cluster has none. Create a digitalocean.DatabaseFirewall with its id as clusterId.",
    ]);
    expect(shown(cluster, firewall("0.0.0.0/0"))).toEqual([
      "database-private trusted: trusted lets in 0.0.0.0/0. Name who needs it.",
    ]);
    expect(shown(cluster, firewall("203.0.113.7"))).toEqual([]);
  });
});

describe("data in a cloud", () => {
  it("are protected", () => {
    const versioning = { enabled: true };
    const resources = (protect: boolean) => [
      judged(Volume, "volume", { region: "nyc3", size: 100 }, { protect }),
      judged(EbsVolume, "disk", { availabilityZone: "us-east-1a" }, { protect }),
      judged(SpacesBucket, "space", { versioning }, { protect }),
      ...s3({ protect }),
    ];
    const isnt = (name: string) =>
      `data-protected ${name}: ${name} isn't protected. Create it with the option protect: true.`;
    expect(shown(...resources(false))).toEqual(["volume", "disk", "space", "bucket"].map(isnt));
    expect(shown(...resources(true))).toEqual([]);
  });
});

const closed = {
  ...{ blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
};

/** A bucket as it should be, with what is told otherwise. */
function s3({
  protect = true,
  block = closed,
  status = "Enabled",
  about = "bucket",
  acl = "private",
} = {}): Judged[] {
  const bucket = { bucket: "backups" };
  const of = { madeOf: { bucket: [about] } };
  return [
    judged(Bucket, "bucket", bucket, { protect }),
    judged(BucketPublicAccessBlock, "private", { ...bucket, ...block }, of),
    judged(BucketVersioning, "versioning", { ...bucket, versioningConfiguration: { status } }, of),
    judged(BucketAcl, "acl", { ...bucket, acl }, of),
  ];
}

describe("a bucket", () => {
  const notVersioned =
    "buckets-versioned bucket: bucket doesn't. Create an aws.s3.BucketVersioning with its id as bucket and status Enabled.";
  const notBlocked =
    "buckets-block-public-access bucket: bucket doesn't. Create an aws.s3.BucketPublicAccessBlock with its id as bucket.";

  it("is private and versioned", () => {
    expect(shown(...s3())).toEqual([]);
    const versioning = { enabled: true };
    const space = judged(SpacesBucket, "space", { acl: "private", versioning }, { protect: true });
    expect(shown(space)).toEqual([]);
  });

  it.each(["public-read", "public-read-write", "authenticated-read"])("has not the acl %s", (acl) => {
    const versioning = { enabled: true };
    const space = judged(SpacesBucket, "space", { acl, versioning }, { protect: true });
    expect(shown(space)).toEqual([`buckets-private space: space has the acl ${acl}. Set it to private.`]);
    expect(shown(...s3({ acl }))).toEqual([
      `buckets-private acl: acl has the acl ${acl}. Set it to private.`,
    ]);
  });

  it.each(Object.keys(closed))("of S3 has %s", (setting) => {
    expect(shown(...s3({ block: { ...closed, [setting]: false } }))).toEqual([
      `buckets-private private: private leaves out ${setting}. Set it to true.`,
    ]);
  });

  it("of S3 has settings of its own, not of another one", () => {
    expect(shown(...s3({ about: "other" }))).toEqual([notBlocked, notVersioned]);
    expect(shown(...s3().slice(0, 1))).toEqual([notBlocked, notVersioned]);
  });

  it.each(["Suspended", "Disabled"])("of S3 has not the versioning %s", (status) => {
    expect(shown(...s3({ status }))).toEqual([notVersioned]);
  });

  it.each([undefined, { enabled: false }])("of Spaces has not the versioning %o", (versioning) => {
    const space = judged(SpacesBucket, "space", versioning ? { versioning } : {}, { protect: true });
    expect(shown(space)).toEqual([
      "spaces-versioned space: space doesn't. Set versioning: { enabled: true }.",
    ]);
  });
});
