import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "./host";

/**
 * The Docker engine that the machine running the update talks to: its own, or the one that DOCKER_HOST names.
 *
 * @example const host = new LocalHost("host");
 */
export class LocalHost extends pulumi.ComponentResource implements Host {
  readonly provider: docker.Provider;
  // Both the provider and the docker command read DOCKER_HOST themselves, and it must not be a part of the state.
  readonly engineEnvironment = {};

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:LocalHost", name, {}, opts);
    this.provider = new docker.Provider(`${name}-engine`, {}, { parent: this });
    this.registerOutputs({ provider: this.provider });
  }
}
