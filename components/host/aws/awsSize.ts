import { getInstanceTypeOutput } from "@pulumi/aws/ec2/getInstanceType";
import { getInstanceTypeOfferingsOutput } from "@pulumi/aws/ec2/getInstanceTypeOfferings";
import * as pulumi from "@pulumi/pulumi";
import { type Architecture, architectureOf, firstZone, sizeIn } from "../../../lib/host/aws/size";
import { failPreview } from "../failedPreview";

/** What EC2 says about the size that a stack asks for. */
export interface AwsSize {
  /** Zone of a new machine. */
  readonly zone: pulumi.Output<string>;
  readonly architecture: pulumi.Output<Architecture>;
  /** The size itself, once it is sure that the zone has it. */
  in(zone: pulumi.Output<string>): pulumi.Output<string>;
}

/**
 * Asks EC2 about a size. What can't be is told in the preview, before anything is created or stopped.
 *
 * @example const size = awsSize({ size: "t3.large", region: "us-east-1" }, { provider });
 */
export function awsSize(
  { size, region }: { readonly size: string; readonly region: string },
  opts: pulumi.InvokeOutputOptions,
): AwsSize {
  const { locations } = getInstanceTypeOfferingsOutput(
    { filters: [{ name: "instance-type", values: [size] }], locationType: "availability-zone" },
    opts,
  );
  const zone = locations.apply((zones) => told(() => firstZone(size, region, zones)));
  // Not before it is sure that there is such a size: what EC2 says then names no key.
  const facts = getInstanceTypeOutput({ instanceType: zone.apply(() => size) }, opts);
  return {
    zone,
    architecture: facts.apply((one) => told(() => architectureOf(size, one))),
    in: (place) =>
      pulumi.all([place, locations]).apply(([one, zones]) => told(() => sizeIn(one, size, zones))),
  };
}

/** An error of the user's: told without where in the program it was found. */
function told<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(message);
    failPreview(message);
    // As before anything is there: no function is ever called with it.
    return pulumi.unknown as never;
  }
}
