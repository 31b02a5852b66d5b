import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config";
import type { Observed } from "../../lib/observability/observed";
import { type PartName, partHost, partResources } from "../../lib/observability/parts";
import type { ConfigurablePart, PartConfiguration } from "../../operations/steps/configureParts";
import { resourcesOf } from "../app/process";
import { HardenedContainer, type HardenedContainerArgs } from "../container";
import type { Secrets } from "../data/secrets";
import { Volume } from "../data/volume";
import { type Identity, physicalName } from "../identity";
import type { Images } from "../images";

/** What the parts stand on. */
export interface PartPlatform {
  readonly identity: Identity;
  readonly config: Pick<StackConfig, "resources">;
  readonly images: Images;
  readonly secrets: Secrets;
  /** Network that joins what observes with what is observed. */
  readonly network: pulumi.Input<string>;
  /** Network that reaches the internet. */
  readonly internet: pulumi.Input<string>;
  /** Where the engine keeps the logs of the containers. */
  readonly dockerRoot: string;
  readonly observed: Observed;
}

/** What is special about a part. */
export interface PartArgs
  extends Pick<
    HardenedContainerArgs,
    "user" | "command" | "environment" | "files" | "hostPaths" | "temporary" | "stopGrace"
  > {
  readonly part: PartName;
  /** Exit code 0 is healthy. None where the image has no program to ask by. */
  readonly health?: readonly string[] | undefined;
  /** Networks besides the one of observability. */
  readonly networks?: readonly pulumi.Input<string>[];
  /** Folder of what it keeps, a volume that outlives the container. None when left out. */
  readonly data?: string;
  /** None for a part that needs only arguments. */
  readonly configuration?: PartConfiguration;
  /** Parts that must be ready before it starts. */
  readonly needs?: readonly PartName[];
}

/**
 * A container that observes, by the name of its part on the network. It is started, and given its configuration, by the
 * step of {@link Observability}.
 */
export abstract class Part extends pulumi.ComponentResource {
  /** What the step needs to configure and start it. */
  readonly configurable: pulumi.Output<ConfigurablePart>;

  constructor(
    type: string,
    name: string,
    platform: PartPlatform,
    { part, health, networks = [], data, configuration, needs = [], ...args }: PartArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(`slipway:observability:${type}`, name, {}, opts);
    const { identity, images, network } = platform;
    const service = partHost(part);
    const image = images.get(part);
    const volume =
      data === undefined
        ? undefined
        : new Volume(`${name}-data`, { identity, part: service, dispensable: true }, { parent: this });
    const container = new HardenedContainer(
      `${name}-server`,
      {
        ...args,
        identity,
        service,
        fixedName: physicalName(identity, service),
        image: image.name,
        release: image.release,
        networks: [{ network, aliases: [service] }, ...networks.map((other) => ({ network: other }))],
        resources: resourcesOf(platform.config, part, partResources[part]),
        ...(health === undefined ? {} : { health }),
        ...(configuration === undefined ? {} : { scratch: [configuration.folder] }),
        ...(volume === undefined || data === undefined ? {} : { volumes: { [data]: volume.name } }),
      },
      { parent: this },
    );
    this.configurable = container.startable.apply((startable) => ({
      name: service,
      container: startable,
      needs: needs.map(partHost),
      ...(configuration === undefined ? {} : { configuration }),
    }));
    this.registerOutputs({ container: container.name });
  }
}

/**
 * What makes Go collect its garbage before the kernel ends the container: nine tenths of its memory. For programs that
 * don't see to it themselves.
 */
export function goMemoryLimit({ config }: PartPlatform, part: PartName): { readonly GOMEMLIMIT: string } {
  const { memory } = resourcesOf(config, part, partResources[part]);
  return { GOMEMLIMIT: `${Math.floor(memory * 0.9)}MiB` };
}
