import { expect, it } from "vitest";
import { urn } from "../../mocks";
import { awsShop, recordAws } from "./aws";

const type = "slipway:host:AwsHost$slipway:host:AwsNetwork";

it("is a network of its own with a block of Amazon's IPv6 addresses", async () => {
  const { get } = await recorded();
  expect(get("host-network-vpc")).toMatchObject({
    inputs: { cidrBlock: "10.20.0.0/16", assignGeneratedIpv6CidrBlock: true, enableDnsHostnames: true },
    options: { provider: "host-aws" },
    parent: urn(type, "host-network"),
  });
});

it("has one subnet, which stays in its zone whatever zone would be the first now", async () => {
  const { get } = await recorded();
  expect(get("host-network-subnet")).toMatchObject({
    inputs: {
      vpcId: "host-network-vpc-id",
      availabilityZone: "us-east-1a",
      cidrBlock: "10.20.0.0/24",
      ipv6CidrBlock: "2600:1f18:abcd:ef00::/64",
    },
    options: { ignoreChanges: ["availabilityZone"], provider: "host-aws" },
  });
});

it("reaches the internet by IPv4 and IPv6, before anything is in it", async () => {
  const { get } = await recorded();
  expect(get("host-network-gateway").inputs).toEqual({ vpcId: "host-network-vpc-id" });
  expect(get("host-network-routes").inputs).toEqual({
    vpcId: "host-network-vpc-id",
    routes: [
      { cidrBlock: "0.0.0.0/0", gatewayId: "host-network-gateway-id" },
      { ipv6CidrBlock: "::/0", gatewayId: "host-network-gateway-id" },
    ],
  });
  expect(get("host-network-routed").inputs).toEqual({
    subnetId: "host-network-subnet-id",
    routeTableId: "host-network-routes-id",
  });
  expect(get("host-address-interface").dependencies).toContain("host-network-routed");
});

it("leaves the group that everything gets by default without a rule", async () => {
  const { get } = await recorded();
  expect(get("host-network-default")).toMatchObject({
    type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    inputs: { vpcId: "host-network-vpc-id" },
  });
  expect(Object.keys(get("host-network-default").inputs)).toEqual(["vpcId"]);
});

it("registers where it is", async () => {
  const { get } = await recorded();
  expect(get("host-network").outputs).toEqual({
    vpcId: "host-network-vpc-id",
    subnetId: "host-network-subnet-id",
    zone: "us-east-1a",
  });
});

async function recorded() {
  const recording = await recordAws(awsShop());
  return { get: (name: string) => recording.get(name) };
}
