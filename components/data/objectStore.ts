import * as pulumi from "@pulumi/pulumi";
import type { ObjectStoreSpec, Resources } from "../../apps/spec";
import type { CreateBucketsInput } from "../../operations/steps/createBuckets";
import { HardenedContainer, type HardenedContainerArgs } from "../container";
import type { Host } from "../host/host";
import { type Identity, physicalName } from "../identity";
import type { PulledImage } from "../images";
import { Step } from "../step";
import type { Secrets } from "./secrets";
import { Volume } from "./volume";

export interface ObjectStoreArgs {
  readonly identity: Identity;
  readonly host: Host;
  readonly spec: ObjectStoreSpec;
  readonly resources: Resources;
  readonly image: PulledImage;
  /** Network that the services reach it by. */
  readonly network: pulumi.Input<string>;
  readonly secrets: Secrets;
  /** Seconds until it must be ready. */
  readonly readyTimeout: number;
}

const alias = "object-store";
const port = 9000;
const accessKeyFile = "/run/secrets/object-store/access-key";
const secretKeyFile = "/run/secrets/object-store/secret-key";

/**
 * A MinIO server, which keeps objects by the protocol of S3: its volume, its container, and the step that makes the
 * buckets of the spec. Services reach it, people don't: its web console is off.
 *
 * @example new ObjectStore("object-store", { identity, host, spec: app.objectStore, resources, image, network, secrets, readyTimeout: 120 })
 */
export class ObjectStore extends pulumi.ComponentResource {
  /** Known once the buckets are there. */
  readonly endpoint: pulumi.Output<string>;
  /** MinIO's own, as none is set. */
  readonly region = pulumi.output("us-east-1");
  readonly accessKey: pulumi.Output<string>;
  readonly secretKey: pulumi.Output<string>;
  /** Name of the volume that has the objects. */
  readonly data: pulumi.Output<string>;

  constructor(name: string, args: ObjectStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:data:ObjectStore", name, {}, opts);
    const parent = { parent: this };
    const volume = new Volume(`${name}-data`, { identity: args.identity, part: "object-store" }, parent);
    const accessKey = args.secrets.get("objectStoreAccessKey");
    const secretKey = args.secrets.get("objectStoreSecretKey");
    const files = { [accessKeyFile]: accessKey, [secretKeyFile]: secretKey };
    const container = new HardenedContainer(`${name}-server`, containerArgs(args, volume, files), parent);
    const buckets = new Step<CreateBucketsInput>(
      `${name}-buckets`,
      {
        script: "createBuckets",
        host: args.host,
        input: {
          container: container.startable,
          address: `http://127.0.0.1:${port}`,
          accessKey,
          secretKey,
          buckets: args.spec.buckets,
          timeout: args.readyTimeout,
        },
      },
      parent,
    );
    // What uses it must wait until its buckets are there.
    const ready = (value: pulumi.Input<string>) => pulumi.all([value, buckets.id]).apply(([known]) => known);
    this.endpoint = ready(`http://${alias}:${port}`);
    this.accessKey = ready(accessKey);
    this.secretKey = ready(secretKey);
    this.data = volume.name;
    this.registerOutputs({ endpoint: this.endpoint, region: this.region });
  }
}

function containerArgs(
  { identity, image, network, resources }: ObjectStoreArgs,
  volume: Volume,
  files: Readonly<Record<string, pulumi.Output<string>>>,
): HardenedContainerArgs {
  return {
    identity,
    service: "object-store",
    // A fixed name: two servers on one volume would destroy it, and so can't exist.
    fixedName: physicalName(identity, "object-store"),
    image: image.name,
    release: image.release,
    user: "1000:1000",
    command: ["minio", "server", "/data", "--address", `:${port}`],
    environment: {
      MINIO_ROOT_USER_FILE: accessKeyFile,
      MINIO_ROOT_PASSWORD_FILE: secretKeyFile,
      MINIO_BROWSER: "off",
      // It would ask its maker for releases at every start.
      MINIO_UPDATE: "off",
    },
    files,
    networks: [{ network, aliases: [alias] }],
    volumes: { "/data": volume.name },
    resources,
    // `local` is known to the client without being told. The image has had no curl in some releases.
    health: ["mc", "ready", "local"],
    stopGrace: 60,
  };
}
