import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { secret, urn } from "../../mocks";
import { ada, awsShop, bootstrapKey, device, machineKey, recordAws, volumeId } from "./aws";

const type = "slipway:host:AwsHost";

const always = [
  "aws:ebs/volume:Volume host-data",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup host-network-default",
  "aws:ec2/eip:Eip host-address-ipv4",
  "aws:ec2/eipAssociation:EipAssociation host-address-ipv4-association",
  "aws:ec2/instance:Instance host-machine-instance",
  "aws:ec2/internetGateway:InternetGateway host-network-gateway",
  "aws:ec2/keyPair:KeyPair host-machine-key",
  "aws:ec2/networkInterface:NetworkInterface host-address-interface",
  "aws:ec2/routeTable:RouteTable host-network-routes",
  "aws:ec2/routeTableAssociation:RouteTableAssociation host-network-routed",
  "aws:ec2/securityGroup:SecurityGroup host-firewall-group",
  "aws:ec2/subnet:Subnet host-network-subnet",
  "aws:ec2/volumeAttachment:VolumeAttachment host-data-attachment",
  "aws:ec2/vpc:Vpc host-network-vpc",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule host-firewall-out-ipv4",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule host-firewall-out-ipv6",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule host-firewall-http-ipv4",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule host-firewall-http-ipv6",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule host-firewall-https-ipv4",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule host-firewall-https-ipv6",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule host-firewall-ping-ipv4",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule host-firewall-ping-ipv6",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule host-firewall-quic-ipv4",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule host-firewall-quic-ipv6",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule host-firewall-ssh-203-0-113-7-32",
];

it("is a machine with a network, a firewall, addresses and a data volume, and nothing else of Amazon's", async () => {
  const { list } = await recordAws(awsShop());
  expect(list.filter((one) => one.startsWith("aws:"))).toEqual(always);
});

it("is all in the region, through one provider, and named after the stack", async () => {
  const recording = await recordAws(awsShop({ region: "eu-central-1", bucket: "shop-backups" }));
  const provider = recording.get("host-aws");
  expect(provider.inputs).toEqual({
    region: "eu-central-1",
    skipRegionValidation: "false",
    skipCredentialsValidation: "false",
    defaultTags: JSON.stringify({
      tags: { Name: "shop-test", "slipway:system": "shop", "slipway:stack": "test" },
    }),
  });
  expect(provider.parent).toBe(urn(type, "host"));
  const ours = recording.all.filter((one) => one.type.startsWith("aws:"));
  expect(ours.filter(({ options }) => options.provider !== "host-aws")).toEqual([]);
});

it("protects what can't be made again, and nothing that comes with it", async () => {
  const recording = await recordAws(awsShop({ bucket: "shop-backups" }));
  const guarded = recording.all.filter(({ options }) => options.protect === true).map(({ name }) => name);
  expect(guarded.sort()).toEqual([
    "host-address-ipv4",
    "host-backups-bucket",
    "host-data",
    "host-machine-instance",
  ]);
});

it("keeps the data on an encrypted volume beside the machine, in the machine's zone", async () => {
  const recording = await recordAws(awsShop({ volume: 250 }));
  expect(recording.get("host-data")).toMatchObject({
    inputs: { availabilityZone: "us-east-1a", size: 250, type: "gp3", encrypted: true },
    options: { protect: true, retainOnDelete: true, provider: "host-aws" },
  });
  expect(recording.get("host-data-attachment")).toMatchObject({
    inputs: {
      instanceId: "i-0aaaaaaaaaaaaaaaa",
      volumeId,
      deviceName: "/dev/sdf",
      stopInstanceBeforeDetaching: true,
    },
    options: { deleteBeforeReplace: true, provider: "host-aws" },
  });
});

it("prepares the machine by its user data and over SSH with the same, as soon as the volume is there", async () => {
  const recording = await recordAws(awsShop());
  const preparation = recording.get("host-engine-preparation");
  expect(preparation.dependencies).toContain("host-data-attachment");
  const input = JSON.parse(String(preparation.inputs.stdin));
  expect(input).toMatchObject({
    login: { address: "198.51.100.20", port: 22, hostKey: machineKey, users: ["deploy"] },
    machine: "i-0aaaaaaaaaaaaaaaa t3.large",
  });
  const identity = JSON.parse(String(recording.get("host-engine-identity").inputs.stdin));
  // Its host key stays the same when it is resized.
  expect(identity).toMatchObject({
    login: { address: "198.51.100.20", hostKey: bootstrapKey.publicKey },
    machine: "i-0aaaaaaaaaaaaaaaa",
  });
  expect(input.preparation.script).toContain(device);
  expect(JSON.stringify(input.preparation.files)).toContain(ada);
});

it("gives the machine no secret but the key that it proves itself with at the first contact", async () => {
  const recording = await recordAws(awsShop());
  const { userDataBase64 } = recording.get("host-machine-instance").inputs;
  expect(userDataBase64).toEqual(secret(expect.any(String)));
  const { secret: compressed } = userDataBase64 as { secret: string };
  const userData = gunzipSync(Buffer.from(compressed, "base64")).toString();
  expect(userData).toMatch(/^#cloud-config\n/);
  expect(userData).toContain(bootstrapKey.publicKey);
  expect(userData).toContain("-----BEGIN KEY-----");
  // Nowhere else, and the public half is no secret: else the address of the engine would be one.
  const elsewhere = recording.all.filter(({ name }) => name !== "host-machine-instance");
  expect(JSON.stringify(elsewhere.map(({ inputs }) => inputs))).not.toContain("-----BEGIN KEY-----");
  expect(recording.get("host-engine-docker").inputs.host).toBe("ssh://deploy@198.51.100.20:22");
});

it("has the fixed address and the one of the network interface for the records", async () => {
  const recording = await recordAws(awsShop());
  expect(recording.get("host", type).outputs).toEqual({
    provider: { resource: "host-engine-docker" },
    connection: { address: "198.51.100.20", port: 22, user: "deploy", hostKey: machineKey },
    ipv4: "198.51.100.20",
  });
});
