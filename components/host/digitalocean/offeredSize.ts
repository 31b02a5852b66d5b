import { getSizesOutput } from "@pulumi/digitalocean/getSizes";
import * as pulumi from "@pulumi/pulumi";
import { type SizeFinding, sizeFinding } from "../../../lib/host/dropletSize";
import { failPreview } from "../failedPreview";

/**
 * A Droplet's size, once DigitalOcean has said that there is such a size: what can't be is told in the preview, before
 * anything is created or stopped. That the region is out of it is a warning: a machine that is there keeps its size, and
 * an update of it must not fail.
 *
 * @example const size = offeredSize({ size: "s-4vcpu-8gb", region: "nyc3" }, { parent: this });
 */
export function offeredSize(
  wanted: { readonly size: string; readonly region: string },
  opts: pulumi.InvokeOutputOptions,
): pulumi.Output<string> {
  const { sizes } = getSizesOutput({ filters: [{ key: "slug", values: [wanted.size] }] }, opts);
  return sizes.apply((found) => {
    const finding = sizeFinding(wanted, found);
    if (finding !== undefined) tell(finding);
    return wanted.size;
  });
}

function tell({ fatal, message }: SizeFinding): void {
  if (!fatal) void pulumi.log.warn(message);
  else if (pulumi.runtime.isDryRun()) failPreview(message);
  else throw new pulumi.RunError(message);
}
