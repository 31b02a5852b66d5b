/** What DigitalOcean tells of a size. */
export interface OfferedSize {
  readonly slug: string;
  /** Whether new Droplets can be had at all. */
  readonly available: boolean;
  /** Slugs of those that have it. */
  readonly regions: readonly string[];
}

/** What is found about the size that a stack asks for. */
export interface SizeFinding {
  readonly message: string;
  /** Whether nothing can come of it. Otherwise it may be the size of a machine that is there, which keeps it. */
  readonly fatal: boolean;
}

/**
 * What is to be said about a Droplet's size and region; undefined when they are good.
 *
 * @param found what DigitalOcean has under this slug.
 */
export function sizeFinding(
  { size, region }: { readonly size: string; readonly region: string },
  found: readonly OfferedSize[],
): SizeFinding | undefined {
  const offer = found.find(({ slug }) => slug === size);
  if (offer === undefined) {
    return {
      fatal: true,
      message: `slipway:digitalocean.size is ${JSON.stringify(size)}: it must be a size that DigitalOcean has, such as s-4vcpu-8gb (doctl compute size list)`,
    };
  }
  const regions = offer.available ? offer.regions : [];
  if (regions.includes(region)) return undefined;
  const places =
    regions.length === 0 ? "no region has it" : `those with it are ${[...regions].sort().join(", ")}`;
  return {
    fatal: false,
    message: `slipway:digitalocean.region is ${JSON.stringify(region)}: no new machine of size ${size} can be had there at the moment; ${places}`,
  };
}
