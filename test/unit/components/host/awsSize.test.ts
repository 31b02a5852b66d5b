import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, it, vi } from "vitest";
import { awsSize } from "../../../../components/host/aws/awsSize";
import { failPreview } from "../../../../components/host/failedPreview";
import { type RecordOptions, record, unknown } from "../../mocks";
import { awsShop, recordAws } from "./aws";

// What fails a program at its end would fail the test.
vi.mock("../../../../components/host/failedPreview", () => ({ failPreview: vi.fn() }));

beforeEach(() => {
  vi.mocked(failPreview).mockClear();
});

type Calls = NonNullable<RecordOptions["calls"]>;

const offeredIn = (...locations: string[]): Calls => ({
  "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": () => ({ locations }),
});
const xen = (): Record<string, unknown> => ({ supportedArchitectures: ["x86_64"], hypervisor: "xen" });

it.each<{ what: string; size: string; calls: Calls; message: string }>([
  {
    what: "no zone has the size",
    size: "t3.huge",
    calls: offeredIn(),
    message: 'slipway:aws.size is "t3.huge": it must be an instance type that us-east-1 has',
  },
  {
    what: "the size is of an old family",
    size: "t2.large",
    calls: { "aws:ec2/getInstanceType:getInstanceType": xen },
    message: 'slipway:aws.size is "t2.large": it must be of a family on the Nitro system',
  },
])("fails the preview with one message: $what", async ({ size, calls, message }) => {
  const recording = await recordAws(awsShop({ size }), { preview: true, calls });
  expect(vi.mocked(failPreview).mock.calls).toEqual([[expect.stringContaining(message)]]);
  expect(recording.get("host-machine-instance").inputs.ami).toBe(unknown);
});

it("refuses a size that the zone of the data lacks before the machine is stopped for it", async () => {
  const size = { size: "m7a.large", region: "us-east-1" };
  // Where the subnet is, not where the program would put it now.
  const made = () => awsSize(size, {}).in(pulumi.output("us-east-1a"));
  await record(made, { preview: true, calls: offeredIn("us-east-1b", "us-east-1d") });
  expect(vi.mocked(failPreview).mock.calls).toEqual([
    [
      expect.stringContaining(
        'slipway:aws.size is "m7a.large": it must be an instance type that the zone us-east-1a has',
      ),
    ],
  ]);
});

it("puts a new machine where its size is, and asks what image it needs", async () => {
  const asked: unknown[] = [];
  const offerings = (args: Record<string, unknown>) => {
    asked.push(args);
    return { locations: ["us-east-1d", "us-east-1b"] };
  };
  const recording = await recordAws(awsShop({ size: "t4g.large" }), {
    calls: { "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": offerings },
  });
  expect(asked).toEqual([
    { filters: [{ name: "instance-type", values: ["t4g.large"] }], locationType: "availability-zone" },
  ]);
  expect(recording.get("host-network-subnet").inputs.availabilityZone).toBe("us-east-1b");
  expect(recording.get("host-data").inputs.availabilityZone).toBe("us-east-1b");
  expect(recording.get("host-machine-instance")).toMatchObject({
    inputs: { instanceType: "t4g.large", ami: "ami-0aaaaaaaaaaaaaa64" },
    options: { replacementTrigger: "arm64" },
  });
});
