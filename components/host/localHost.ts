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
  // The provider and the docker command read DOCKER_HOST from the environment of the update themselves.
  readonly engineEnvironment = {};

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:LocalHost", name, {}, opts);
    this.provider = new docker.Provider(`${name}-engine`, {}, { parent: this });
    this.registerOutputs({ provider: this.provider });
  }
}
