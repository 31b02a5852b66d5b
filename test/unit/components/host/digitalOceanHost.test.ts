import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { type Recording, revealed, secret } from "../../mocks";
import { droplet, ownHostKey, print, publicKey } from "./droplet";

const anywhere = ["0.0.0.0/0", "::/0"];

describe("a new Droplet", () => {
  test("has all that belongs to it, and nothing else", async () => {
    const { list } = await droplet();

    expect(list.filter((one) => !one.includes(" host-engine"))).toEqual([
      "command:local:Command host-bootstrap-key",
      "digitalocean:index/droplet:Droplet host-machine",
      "digitalocean:index/firewall:Firewall host-network-firewall",
      "digitalocean:index/project:Project host-project",
      "digitalocean:index/projectResources:ProjectResources host-project-resources",
      "digitalocean:index/reservedIp:ReservedIp host-address",
      "digitalocean:index/reservedIpAssignment:ReservedIpAssignment host-address-assignment",
      "digitalocean:index/sshKey:SshKey host-key-4b9e0175",
      "digitalocean:index/tag:Tag host-network-tag",
      "digitalocean:index/volume:Volume host-data",
      "digitalocean:index/vpc:Vpc host-network-vpc",
      "slipway:host:BootstrapHostKey host-bootstrap",
      "slipway:host:DigitalOceanHost host",
      "slipway:host:DigitalOceanNetwork host-network",
    ]);
  });

  test("is as the guide has it, on its volume from birth, behind the firewall from birth", async () => {
    const { inputs, options, dependencies } = (await droplet()).get("host-machine");

    const { userData, ...plain } = inputs;
    expect(plain).toEqual({
      ...{ name: "shop-test", region: "nyc3", size: "s-4vcpu-8gb", image: "ubuntu-24-04-x64" },
      ...{
        vpcUuid: "host-network-vpc-id",
        volumeIds: ["volume-uuid"],
        tags: ["shop-test"],
        sshKeys: [print],
      },
      ...{ ipv6: true, monitoring: true, dropletAgent: false, gracefulShutdown: true, resizeDisk: false },
    });
    expect(options).toEqual({
      protect: true,
      deleteBeforeReplace: true,
      ignoreChanges: ["userData", "sshKeys"],
      customTimeouts: { delete: "10m" },
    });
    expect(dependencies).toContain("host-network-firewall");
    expect(userData).toEqual(secret(expect.stringMatching(/^#cloud-config\n/)));
    expect(userData).toEqual(secret(expect.stringContaining("bootstrap private key")));
    expect(userData).toEqual(secret(expect.stringContaining(publicKey)));
  });

  test("has a firewall that lets in SSH from some, and the web from all", async () => {
    const { inputs } = (await droplet({}, { ports: { http: 8080, https: 8443 } })).get(
      "host-network-firewall",
    );

    expect(inputs).toEqual({
      name: "shop-test",
      tags: ["shop-test"],
      inboundRules: [
        { protocol: "tcp", portRange: "22", sourceAddresses: ["203.0.113.0/24", "2001:db8::/48"] },
        { protocol: "tcp", portRange: "8080", sourceAddresses: anywhere },
        { protocol: "tcp", portRange: "8443", sourceAddresses: anywhere },
        { protocol: "udp", portRange: "8443", sourceAddresses: anywhere },
        { protocol: "icmp", sourceAddresses: anywhere },
      ],
      outboundRules: [
        { protocol: "tcp", portRange: "1-65535", destinationAddresses: anywhere },
        { protocol: "udp", portRange: "1-65535", destinationAddresses: anywhere },
        { protocol: "icmp", destinationAddresses: anywhere },
      ],
    });
  });

  test("has a network, a tag, an address and a key of its own", async () => {
    const recording = await droplet({ region: "fra1" });

    expect(recording.get("host-network-vpc").inputs).toEqual({ name: "shop-test", region: "fra1" });
    expect(recording.get("host-network-tag").inputs).toEqual({ name: "shop-test" });
    expect(recording.get("host-address").inputs).toEqual({ region: "fra1" });
    expect(recording.get("host-address").options).toEqual({ protect: true });
    expect(recording.get("host-address-assignment").inputs).toEqual({
      ...{ ipAddress: "192.0.2.7", dropletId: 12345 },
    });
    expect(recording.get("host-key-4b9e0175").inputs).toEqual({ name: "shop-test-4b9e0175", publicKey });
  });

  test("has a volume that nothing formats but its preparation", async () => {
    const { inputs, options } = (await droplet({ volume: 250 })).get("host-data");

    expect(inputs).toEqual({ name: "shop-test-data", region: "nyc3", size: 250 });
    expect(options).toEqual({ protect: true, retainOnDelete: true });
  });

  test("is in a project with its volume; its address follows it there", async () => {
    const recording = await droplet({ bucket: "shop-backups" });

    expect(recording.get("host-project").inputs).toEqual({
      ...{ name: "shop-test", purpose: "Web Application", description: "Created by Slipway" },
    });
    expect(recording.get("host-project-resources").inputs).toEqual({
      project: "host-project-id",
      resources: ["do:droplet:12345", "do:volume:volume-uuid", "do:space:shop-backups"],
    });
    expect((await droplet()).get("host-project-resources").inputs.resources).toEqual([
      ...["do:droplet:12345", "do:volume:volume-uuid"],
    ]);
  });

  test("is logged in to by its address, with the key that it shows first, once it is assigned", async () => {
    const recording = await droplet();

    const { login, machine } = stdinOf(recording, "host-engine-identity");
    expect(login).toMatchObject({ address: "192.0.2.7", hostKey: "ecdsa-sha2-nistp256 AAAABootstrap" });
    expect(machine).toBe("12345");
    for (const step of ["host-engine-identity", "host-engine-preparation"]) {
      expect(recording.get(step).dependencies).toContain("host-address-assignment");
    }
    const prepare = stdinOf(recording, "host-engine-preparation");
    expect(prepare.login).toMatchObject({ address: "192.0.2.7", hostKey: ownHostKey });
    expect(JSON.stringify(prepare)).toContain("/dev/disk/by-id/scsi-0DO_Volume_shop-test-data");
  });
});

describe("keys of the account", () => {
  test("are named by their fingerprints, and not created", async () => {
    const recording = await droplet({ keysInAccount: true });

    expect(recording.ofType("digitalocean:index/sshKey:SshKey")).toEqual([]);
    expect(recording.get("host-machine").inputs.sshKeys).toEqual([print]);
  });
});

describe("a bucket for backups", () => {
  test("is private, versioned and protected, and its key opens no other", async () => {
    const recording = await droplet({ region: "fra1", bucket: "shop-backups" });
    const bucket = recording.get("host-backups-bucket");

    expect(bucket.inputs).toEqual({
      ...{ name: "shop-backups", region: "fra1", acl: "private", versioning: { enabled: true } },
      lifecycleRules: [
        {
          id: "forget-old-versions",
          enabled: true,
          noncurrentVersionExpiration: { days: 30 },
          abortIncompleteMultipartUploadDays: 7,
        },
      ],
    });
    expect(bucket.options).toEqual({ protect: true });
    expect(recording.get("host-backups-key").inputs).toEqual({
      name: "shop-backups",
      grants: [{ bucket: "shop-backups", permission: "readwrite" }],
    });
  });

  test("gives its key as secrets of the system", async () => {
    const { made } = await droplet({ bucket: "shop-backups" });

    expect(await valuesOf(made.secrets)).toEqual({
      backupS3AccessKeyId: secret("DO00KEY"),
      backupS3SecretAccessKey: secret("key's secret"),
    });
    expect((await droplet()).made.secrets).toBeUndefined();
  });
});

test("its address is the reserved one", async () => {
  const { made } = await droplet();

  expect(await valuesOf({ ipv4: made.ipv4 })).toEqual({ ipv4: "192.0.2.7" });
});

describe("bad input creates nothing", () => {
  test("a stack's name that is too long", async () => {
    await expect(droplet({}, { stack: "s".repeat(60) })).rejects.toThrow(/has too long a name for a cloud/);
  });
});

function stdinOf(recording: Recording<unknown>, step: string): Record<string, unknown> {
  const { stdin } = recording.get(step).inputs;
  return JSON.parse(String(stdin)) as Record<string, unknown>;
}

async function valuesOf(outputs: Readonly<Record<string, pulumi.Output<unknown>>> = {}) {
  const entries = Object.entries(outputs).map(async ([key, value]) => [key, await revealed(value)] as const);
  return Object.fromEntries(await Promise.all(entries));
}
