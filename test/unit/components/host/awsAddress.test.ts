import { expect, it } from "vitest";
import { awsShop, recordAws } from "./aws";

it("is a fixed address on a network interface that is there before the machine", async () => {
  const recording = await recordAws(awsShop());
  expect(recording.get("host-address-interface")).toMatchObject({
    inputs: {
      subnetId: "host-network-subnet-id",
      securityGroups: ["host-firewall-group-id"],
      ipv6AddressCount: 1,
      description: "Keeps the addresses of the machine",
    },
    options: { provider: "host-aws" },
  });
  expect(recording.get("host-address-ipv4")).toMatchObject({
    inputs: { domain: "vpc" },
    options: { protect: true, provider: "host-aws" },
  });
  expect(recording.get("host-address-ipv4-association").inputs).toEqual({
    allocationId: "eipalloc-1",
    networkInterfaceId: "host-address-interface-id",
  });
  const machine = recording.get("host-machine-instance");
  expect(machine.inputs.primaryNetworkInterface).toEqual({ networkInterfaceId: "host-address-interface-id" });
  expect(machine.dependencies).toContain("host-address-ipv4-association");
});
