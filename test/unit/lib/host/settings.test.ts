import { describe, expect, it } from "vitest";
import { problems } from "../../shopSettings";

const network = "a network in CIDR form, such as 203.0.113.7/32 or 2001:db8::/48";
const hostKey = `ssh-ed25519 ${"A".repeat(68)}`;
const machine = { sshFrom: ["203.0.113.7/32"] };
const cloudMachine = { ...machine, publicKeys: [`${hostKey} ada@example.com`] };
const ssh = { address: "198.51.100.4", hostKey };

describe("a host", () => {
  it.each([
    ["local", {}],
    ["ssh", { machine, ssh }],
    ["digitalocean", { machine: cloudMachine, digitalocean: { bucket: "shop-backups" } }],
    ["aws", { machine: cloudMachine, aws: { image: "ami-0123456789abcdef0" } }],
  ])("may be %s", (host, settings) => {
    expect(problems({ host, ...settings })).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ["machine.sshFrom", [], "at least one network, or nobody could log in"],
    ["machine.sshFrom", "203.0.113.7/32", "a list of networks in CIDR form, such as [203.0.113.7/32]"],
    ["machine.swap", -1, "a whole number from 0 to 65536"],
    ["ssh.address", "https://198.51.100.4", "the host name or address of the machine"],
    ["ssh.port", 0, "a whole number from 1 to 65535"],
    ["ssh.user", "Root", "a user name on the machine, such as root"],
    ["ssh.dataDevice", "sdb", "a device such as /dev/disk/by-id/scsi-0HC_Volume_12345678"],
    ["digitalocean.region", "New York", "a name such as nyc3"],
    ["digitalocean.size", "large", "a name such as s-4vcpu-8gb"],
    ["digitalocean.volume", 0, "a whole number from 1 to 16384"],
    ["digitalocean.bucket", "Backups", "a bucket's name: 3 to 63 lower case letters, digits, hyphens"],
    ["aws.region", "nyc3", "a name such as us-east-1"],
    ["aws.size", "s-4vcpu-8gb", "a name such as t3.large"],
    ["aws.image", "ubuntu", "an AMI's id, such as ami-0123456789abcdef0"],
    ["dns.provider", "cloudflare", "digitalocean, route53 or none"],
    ["dns.ttl", 5, "a whole number from 30 to 86400"],
  ])("is told what %s must be instead of %j", (key, value, form) => {
    const settings = { host: "ssh", machine, ssh, [key]: value };
    expect(problems(settings)).toEqual([`slipway:${key} is ${JSON.stringify(value)}: it must be ${form}`]);
  });

  it.each(["203.0.113.7", "203.0.113.0/33", "300.0.0.0/8", "2001:db8::/129", "0.0.0.0/0; accept"])(
    "takes no network %s",
    (range) => {
      const settings = { host: "ssh", ssh, machine: { sshFrom: ["10.0.0.0/8", range] } };
      expect(problems(settings)).toEqual([
        `slipway:machine.sshFrom.1 is ${JSON.stringify(range)}: it must be ${network}`,
      ]);
    },
  );

  it.each([
    "ssh-ed25519 AAAA",
    "203.0.113.7 ssh-ed25519 AAAA",
    `${hostKey}\nssh-rsa AAAA`,
    `${hostKey} me@here`,
  ])("takes no host key %j", (key) => {
    const [problem] = problems({ host: "ssh", machine, ssh: { ...ssh, hostKey: key } });
    expect(problem).toContain(
      `slipway:ssh.hostKey is ${JSON.stringify(key)}: it must be the machine's public`,
    );
  });

  it("takes no private key for a public one, and doesn't need one", () => {
    const publicKeys = ["-----BEGIN OPENSSH PRIVATE KEY-----"];
    const [problem] = problems({ host: "ssh", ssh, machine: { ...machine, publicKeys } });
    expect(problem).toContain("it must be a public key as in id_ed25519.pub");
  });

  it.each([
    ["ssh", { ssh }, "slipway:machine is missing: set it to a group with sshFrom"],
    ["ssh", { machine }, "slipway:ssh is missing: set it to a group with address and hostKey"],
    ["digitalocean", {}, "slipway:machine is missing"],
    ["aws", {}, "slipway:machine is missing"],
  ])("%s needs its groups", (host, settings, problem) => {
    const found = problems({ host, ...settings });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(problem);
  });

  it.each(["digitalocean", "aws"])("at %s lets somebody in", (host) => {
    for (const publicKeys of [undefined, []]) {
      const [problem, ...others] = problems({ host, machine: { ...machine, publicKeys } });
      expect(others).toEqual([]);
      expect(problem).toMatch(/^slipway:machine\.publicKeys is (missing|\[\])/);
    }
  });

  it("has SSH on 22", () => {
    expect(problems({ host: "ssh", machine, ssh, "ports.https": 22 })).toEqual([
      "slipway:ports.https is 22: it must be a port other than 22, which SSH has on the machine",
    ]);
    expect(problems({ "ports.https": 22 })).toEqual([]);
  });

  it("has one store for backups", () => {
    const backups = { s3: { endpoint: "https://store.example.com", bucket: "elsewhere" } };
    const secrets = {
      licence: "a-licence-key",
      backupS3AccessKeyId: "an-access-key",
      backupS3SecretAccessKey: "its-secret",
    };
    const settings = {
      host: "aws",
      machine: cloudMachine,
      aws: { bucket: "shop-backups" },
      backups,
      secrets,
    };
    expect(problems(settings)).toEqual([
      'slipway:aws.bucket is "shop-backups": it must be left out where slipway:backups.s3 names a store: backups go to one',
    ]);
  });
});

describe("the records of the domains", () => {
  const dns = { provider: "route53", zone: "example.com" };

  it("are kept in a zone that has them all", () => {
    expect(problems({ host: "aws", machine: cloudMachine, dns })).toEqual([]);
    const other = "a name in the zone that slipway:dns.zone names, or set slipway:dns.provider to none";
    expect(
      problems({ host: "aws", machine: cloudMachine, dns, "domains.web": "shop.notexample.com" }),
    ).toEqual([`slipway:domains.web is "shop.notexample.com": it must be ${other}`]);
    expect(problems({ host: "aws", machine: cloudMachine, dns: { provider: "route53" } })).toEqual([
      expect.stringContaining("slipway:dns.zone is missing: set it to the zone that the domains are in"),
    ]);
  });

  it("need an address that is known", () => {
    expect(problems({ dns })).toEqual([
      'slipway:dns.provider is "route53": it must be none where slipway:host is local: nothing is known there of the public address of the machine',
    ]);
    const [problem, ...others] = problems({
      host: "ssh",
      machine,
      ssh: { ...ssh, address: "server.example.com" },
      dns,
    });
    expect(others).toEqual([]);
    expect(problem).toContain(
      'slipway:ssh.address is "server.example.com": it must be the public IPv4 address',
    );
  });
});
