import * as pulumi from "@pulumi/pulumi";
import type { Upstream } from "../../lib/upstream";
import type { AwaitReadyInput } from "../../operations/steps/awaitReady";
import { HardenedContainer } from "../container";
import type { Credentials } from "../data/database";
import { Step } from "../step";
import { type Platform, processArgs, serviceSpec } from "./process";

export interface ServiceArgs {
  readonly platform: Platform;
  /** Its name in the spec. */
  readonly service: string;
  /** The role of the database that it connects as. */
  readonly role: Credentials;
}

/**
 * The containers of one service. They have no fixed names and are created before the old ones are deleted, so for the
 * time of a release both run; `upstreams` is known once the new ones can serve, and what switches the traffic depends on
 * it. The engine deletes the old ones last of all.
 *
 * @example new Service("backend", { platform, service: "backend", role: database.app })
 */
export class Service extends pulumi.ComponentResource {
  /** Where its containers are reached, once they are ready. */
  readonly upstreams: pulumi.Output<Upstream[]>;

  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:app:Service", name, {}, opts);
    const { platform, service } = args;
    const { config, app, images, networks } = platform;
    const spec = serviceSpec(app, service);
    const replicas = Array.from({ length: config.replicas[service] ?? spec.replicas ?? 1 }, (_, index) => {
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
    const upstreams = replicas.map(({ slot, container }) => ({
      slot,
      container: container.name,
      network: networks.edge,
      port: spec.port,
    }));
    this.upstreams = pulumi.all([upstreams, ready.id]).apply(([known]) => known);
    this.registerOutputs({ upstreams: this.upstreams });
  }

  private createReplica(name: string, { platform, service, role }: ServiceArgs): HardenedContainer {
    const { health, stopGrace } = serviceSpec(platform.app, service);
    const { observability } = platform.networks;
    const process = processArgs(platform, service, role);
    return new HardenedContainer(
      name,
      {
        ...process,
        // One name for all replicas: a look-up gives the address of each.
        networks: [
          ...process.networks,
          ...(observability === undefined ? [] : [{ network: observability, aliases: [service] }]),
        ],
        service,
        health: health.command,
        ...(stopGrace === undefined ? {} : { stopGrace }),
      },
      { parent: this, deleteBeforeReplace: false },
    );
  }
}
