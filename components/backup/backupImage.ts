import { join } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { builtImage } from "../../lib/builtImage";
import { mapValues } from "../../lib/records";
import type { Images } from "../images";

export interface BackupImageArgs {
  readonly images: Images;
  /** Name of the image that it is built on: the database's server, with its programs and extensions. */
  readonly base: string;
}

/** Relative to the program's folder, where the engine starts the provider: an absolute path would differ between machines. */
const context = "images/backup";

/**
 * The image of the backup service: the database's own image, restic and Node.js out of theirs, and the service's program.
 * It is put together on the host's engine, from what is there: no registry needs to know it, nothing is installed.
 *
 * @example new BackupImage("backup-image", { images, base: "postgres" }, { parent: this })
 */
export class BackupImage extends pulumi.ComponentResource {
  readonly reference: pulumi.Output<string>;

  constructor(name: string, { images, base }: BackupImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:backup:BackupImage", name, {}, opts);
    const parts = { POSTGRES: base, RESTIC: "restic", NODE: "node" };
    const pins = Object.values(parts).map((image) => images.pins[image] ?? "");
    const image = new docker.RemoteImage(
      `${name}-build`,
      {
        name: builtImage("backup", join(__dirname, "..", "..", context), pins),
        build: {
          context,
          buildArgs: mapValues(parts, (image) => images.get(image).name),
          networkMode: "none",
        },
        // Another stack on the same engine may use it.
        keepLocally: true,
      },
      { parent: this },
    );
    this.reference = image.name;
    this.registerOutputs({ reference: this.reference });
  }
}
