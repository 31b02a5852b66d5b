import { expect, it } from "vitest";
import { architectureOf, firstZone, imageParameter, sizeIn } from "../../../../../lib/host/aws/size";

it("chooses the first zone that has the size, in whatever order EC2 lists them", () => {
  expect(firstZone("t3.large", "us-east-1", ["us-east-1c", "us-east-1b", "us-east-1d"])).toBe("us-east-1b");
});

it("says which size no zone of the region has, and how to find one", () => {
  expect(() => firstZone("t3.huge", "us-east-1", [])).toThrow(
    'slipway:aws.size is "t3.huge": it must be an instance type that us-east-1 has, such as t3.large. ' +
      "`aws ec2 describe-instance-type-offerings --region us-east-1` lists them",
  );
});

it("says which size isn't to be had where the data are", () => {
  expect(sizeIn("us-east-1b", "m7a.large", ["us-east-1b", "us-east-1c"])).toBe("m7a.large");
  expect(() => sizeIn("us-east-1b", "m7a.large", ["us-east-1d", "us-east-1c"])).toThrow(
    'slipway:aws.size is "m7a.large": it must be an instance type that the zone us-east-1b has, where the data are; ' +
      "only us-east-1c, us-east-1d of the region have this one. Choose another, such as t3.large or m6i.large",
  );
});

it.each([
  ["t3.large", ["x86_64"], "nitro", "amd64"],
  // As EC2 lists the small ones of old.
  ["t3.micro", ["i386", "x86_64"], "nitro", "amd64"],
  ["t4g.large", ["arm64"], "nitro", "arm64"],
  // Machines without a hypervisor are on the Nitro system too.
  ["m7g.metal", ["arm64"], "", "arm64"],
])("runs %s with the image of its architecture", (size, supportedArchitectures, hypervisor, expected) => {
  expect(architectureOf(size, { supportedArchitectures, hypervisor })).toBe(expected);
});

it("refuses a family whose volumes can't be found by their ids, and one that no image is for", () => {
  expect(() => architectureOf("t2.large", { supportedArchitectures: ["x86_64"], hypervisor: "xen" })).toThrow(
    'slipway:aws.size is "t2.large": it must be of a family on the Nitro system, such as t3.large; ' +
      "this one is older and shows volumes without their ids",
  );
  const mac = { supportedArchitectures: ["x86_64_mac"], hypervisor: "" };
  expect(() => architectureOf("mac1.metal", mac)).toThrow(
    'slipway:aws.size is "mac1.metal": it must be of the architecture x86_64 or arm64, such as t3.large; ' +
      "this one has x86_64_mac",
  );
});

it("asks for the newest image where Canonical notes it", () => {
  expect(imageParameter("arm64")).toBe(
    "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
  );
});
