import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { releaseOf, resolveImage } from "../lib/image";

export interface ImagesArgs {
  /** Pin of every image, by its short name. */
  readonly pins: Readonly<Record<string, string>>;
  /** Registry that has the image instead of the one in its pin. */
  readonly registries: Readonly<Record<string, string | undefined>>;
  /** Registry that has all of them. */
  readonly mirror: string | undefined;
}

/** An image that is on the host. */
export interface PulledImage {
  /** The name to run it by. */
  readonly name: pulumi.Output<string>;
  readonly release: string;
}

/**
 * Brings every image of a system to its host, all at once and before anything else changes: a pin that can't be pulled
 * ends the update while nothing has happened yet. Earlier ones stay, so that a rollback needs no registry.
 *
 * @example new Images("images", { pins: { proxy: "caddy:2.11.9" }, registries: {}, mirror: undefined })
 */
export class Images extends pulumi.ComponentResource {
  readonly pins: Readonly<Record<string, string>>;
  /** The pins in one line: what a deploy is of. */
  readonly release: string;
  private readonly images: Readonly<Record<string, PulledImage>>;

  constructor(name: string, args: ImagesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:components:Images", name, {}, opts);
    this.pins = args.pins;
    const pins = Object.entries(args.pins).sort(([a], [b]) => (a < b ? -1 : 1));
    const names = pins.map(([image, pin]) => this.pull(`${name}-${image}`, image, pin, args));
    const everyName = pulumi.all(names);
    this.images = Object.fromEntries(
      pins.map(([image, pin], index) => [
        image,
        // Known when all are there, not just this one.
        { name: everyName.apply((all) => all[index] ?? pin), release: releaseOf(pin) },
      ]),
    );
    this.release = pins.map(([image, pin]) => `${image} ${releaseOf(pin)}`).join(", ");
    this.registerOutputs({ pins: args.pins });
  }

  /** @throws {RangeError} for an image that the system doesn't have. */
  get(image: string): PulledImage {
    const pulled = this.images[image];
    if (pulled === undefined) {
      throw new RangeError(`image "${image}" is not one of ${Object.keys(this.images).join(", ")}`);
    }
    return pulled;
  }

  private pull(
    name: string,
    image: string,
    pin: string,
    { registries, mirror }: ImagesArgs,
  ): pulumi.Output<string> {
    const reference = resolveImage(pin, { registry: registries[image], mirror });
    return new docker.RemoteImage(name, { name: reference, keepLocally: true }, { parent: this }).name;
  }
}
