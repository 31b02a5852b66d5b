import * as pulumi from "@pulumi/pulumi";
import type { AppSpec } from "../../apps/spec";
import type { Upstream } from "../../lib/upstream";
import type { AwaitReadyInput } from "../../operations/steps/awaitReady";
import { HardenedContainer } from "../container";
import { Step } from "../step";
import { outerNetwork, type Platform, processArgs, serviceSpec } from "./process";

export interface ServiceArgs {
  readonly platform: Platform;
  /** Its name in the spec. */
  readonly service: string;
}

/**
 * The containers of one service. They have no fixed names and are created before the old ones are deleted, so for the
 * time of a release both run; `upstreams` is known once the new ones can serve, and what switches the traffic depends on
 * it. The engine deletes the old ones last of all.
 *
 * @example new Service("backend", { platform, service: "backend" })
 */
export class Service extends pulumi.ComponentResource {
  /** Where its containers are reached, once they are ready. None when it serves no requests. */
  readonly upstreams: pulumi.Output<Upstream[]>;

  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:app:Service", name, {}, opts);
    const { platform, service } = args;
    const { config, app, images } = platform;
    const spec = serviceSpec(app, service);
    const replicas = Array.from({ length: replicasOf(args) }, (_, index) => {
      // Its container's name is this one and a generation, which the provider adds.
      const slot = `${name}-${index}`;
      return { slot, container: this.createReplica(slot, args) };
    });
    const ready = new Step<AwaitReadyInput>(
      `${name}-ready`,
      {
        script: "awaitReady",
        host: platform.host,
        input: {
          what: `Service ${service}, release ${images.get(spec.image).release},`,
          containers: pulumi.all(replicas.map(({ container }) => container.startable)),
          timeout: config.timeouts.ready,
        },
      },
      { parent: this },
    );
    const network = outerNetwork(platform, service);
    const { port } = spec;
    const upstreams =
      port === undefined
        ? []
        : replicas.map(({ slot, container }) => ({ slot, container: container.name, network, port }));
    this.upstreams = pulumi.all([upstreams, ready.id]).apply(([known]) => known);
    this.registerOutputs({ upstreams: this.upstreams });
  }

  private createReplica(name: string, { platform, service }: ServiceArgs): HardenedContainer {
    const spec = serviceSpec(platform.app, service);
    const { health, stopGrace } = spec;
    const { observability } = platform.networks;
    const process = processArgs(platform, { name: service, spec });
    const aliases = isAwaited(platform.app, service) ? { aliases: [service] } : {};
    return new HardenedContainer(
      name,
      {
        ...process,
        // One name for all replicas: a look-up gives the address of each.
        networks: [
          ...process.networks.map((attachment) => ({ ...attachment, ...aliases })),
          ...(observability === undefined ? [] : [{ network: observability, aliases: [service] }]),
        ],
        health: health.command,
        ...(health.interval === undefined ? {} : { healthInterval: health.interval }),
        ...(stopGrace === undefined ? {} : { stopGrace }),
      },
      { parent: this, deleteBeforeReplace: false },
    );
  }
}

/** Whether another service starts when it is ready, and so may ask it. */
function isAwaited({ services }: AppSpec, service: string): boolean {
  return Object.values(services).some(({ after = [] }) => after.includes(service));
}

/** What the stack sets comes before its size, and that before the spec. */
function replicasOf({ platform, service }: ServiceArgs): number {
  const { app, config, sizes } = platform;
  return config.replicas[service] ?? sizes[service]?.replicas ?? serviceSpec(app, service).replicas ?? 1;
}
