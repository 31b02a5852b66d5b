export type Architecture = "amd64" | "arm64";

/** What EC2 tells of a size. */
export interface SizeFacts {
  readonly supportedArchitectures: readonly string[];
  /** `nitro`, or `xen` of the families before 2017. */
  readonly hypervisor: string;
}

/**
 * The zone of a new machine: the first that has the size. Not every zone has every size, and EC2 chooses a zone without
 * asking for it.
 *
 * @param zones those of the region that have the size.
 * @throws when none has.
 */
export function firstZone(size: string, region: string, zones: readonly string[]): string {
  const [first] = [...zones].sort();
  if (first !== undefined) return first;
  throw new Error(
    `slipway:aws.size is ${JSON.stringify(size)}: it must be an instance type that ${region} has, such as t3.large. ` +
      `\`aws ec2 describe-instance-type-offerings --region ${region}\` lists them`,
  );
}

/**
 * The size, once it is sure that the machine's zone has it. EC2 would only tell when the machine has been stopped for the
 * change.
 *
 * @param zone where the data are: a volume can't move.
 * @throws when the zone hasn't.
 */
export function sizeIn(zone: string, size: string, zones: readonly string[]): string {
  if (zones.includes(zone)) return size;
  throw new Error(
    `slipway:aws.size is ${JSON.stringify(size)}: it must be an instance type that the zone ${zone} has, where the data ` +
      `are; only ${[...zones].sort().join(", ")} of the region have this one. Choose another, such as t3.large or m6i.large`,
  );
}

/**
 * Which image the machine needs.
 *
 * @throws for sizes that attach volumes in the old way: the data volume couldn't be found by its id there.
 */
export function architectureOf(size: string, facts: SizeFacts): Architecture {
  if (facts.hypervisor === "xen") {
    throw new Error(
      `slipway:aws.size is ${JSON.stringify(size)}: it must be of a family on the Nitro system, such as t3.large; ` +
        "this one is older and shows volumes without their ids",
    );
  }
  if (facts.supportedArchitectures.includes("x86_64")) return "amd64";
  if (facts.supportedArchitectures.includes("arm64")) return "arm64";
  throw new Error(
    `slipway:aws.size is ${JSON.stringify(size)}: it must be of the architecture x86_64 or arm64, such as t3.large; ` +
      `this one has ${facts.supportedArchitectures.join(", ")}`,
  );
}

/** Where Canonical notes the newest image of Ubuntu 24.04, in every region. */
export function imageParameter(architecture: Architecture): string {
  return `/aws/service/canonical/ubuntu/server/24.04/stable/current/${architecture}/hvm/ebs-gp3/ami-id`;
}
