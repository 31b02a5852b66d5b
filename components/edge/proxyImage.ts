import { join } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { builtImage } from "../../lib/builtImage";
import type { Images, PulledImage } from "../images";

export interface ProxyImageArgs {
  readonly images: Images;
  /** Name of the image of Caddy that it is built after: the same version, for the same paths. */
  readonly base: string;
}

/** Relative to the program's folder, where the engine starts the provider: an absolute path would differ between machines. */
const context = "images/proxy";

/**
 * Caddy with rate limits, which its own image lacks. It is built on the host's engine, by the image `proxyBuilder`: that
 * takes minutes and downloads Go modules, once for each pin of the proxy.
 *
 * @example new ProxyImage("proxy-image", { images, base: "proxy" }, { parent: this })
 */
export class ProxyImage extends pulumi.ComponentResource {
  readonly image: PulledImage;

  constructor(name: string, { images, base }: ProxyImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:edge:ProxyImage", name, {}, opts);
    const [original, builder] = [images.get(base), images.get("proxyBuilder")];
    const pins = [base, "proxyBuilder"].map((image) => images.pins[image] ?? "");
    const built = new docker.RemoteImage(
      `${name}-build`,
      {
        name: builtImage("proxy", join(__dirname, "..", "..", context), pins),
        build: { context, buildArgs: { PROXY: original.name, BUILDER: builder.name } },
        // Another stack on the same engine may use it.
        keepLocally: true,
      },
      { parent: this },
    );
    this.image = { name: built.name, release: original.release };
    this.registerOutputs({ reference: built.name });
  }
}
