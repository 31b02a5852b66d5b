import { clubhouse } from "../../apps/clubhouse";

/**
 * The images that the local stack takes from registries, by their names there. Air-gapped, a stand-in is put on the
 * local registry under each of these names.
 */
export const pins = {
  postgres: pinOf("postgres"),
  redis: pinOf("redis"),
  caddy: pinOf("proxy"),
  /** Base of the sample's backend. */
  node: "node:20.20.2-bookworm-slim",
};

/** The system that the stack `local` deploys says which images it needs. */
function pinOf(image: string): string {
  const pin = clubhouse.images[image]?.default;
  if (pin === undefined) throw new Error(`apps/clubhouse.ts has no default for the image ${image}`);
  return pin;
}
