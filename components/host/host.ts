import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config";
import { withSdk } from "../../lib/cloudSdk";
import type { Connection } from "../../lib/host/connection";
import { LocalHost } from "./localHost";
import { SshHost } from "./sshHost";

/** The machine that a system runs on. Everything after it is the same, wherever the machine comes from. */
export interface Host {
  /** Creates the containers, networks and volumes on the machine. Known once the machine is prepared. */
  readonly provider: docker.Provider;
  /** What a step needs in its environment to reach the same engine. */
  readonly engineEnvironment: Readonly<Record<string, pulumi.Input<string>>>;
  /** How to log in; undefined where the engine is the one of the machine that runs the update. */
  readonly connection?: pulumi.Output<Connection>;
  /**
   * Its public address, for the records of the domains, where the stack knows it. IPv4 alone: without the engine's own
   * proxy, which the hardening turns off, a port that is published by IPv6 leads to no container.
   */
  readonly ipv4?: pulumi.Output<string>;
  /** Secrets of a system that the host brings, by name: of the bucket that it has made for the backups. */
  readonly secrets?: Readonly<Record<string, pulumi.Output<string>>>;
}

/** The host that the stack asks for. The SDK of a cloud is loaded only where it is used. */
export function createHost(config: StackConfig): Host {
  switch (config.host) {
    case "local":
      return new LocalHost("host");
    case "ssh":
      return new SshHost("host", { config });
    case "digitalocean": {
      const { DigitalOceanHost } = withSdk(
        () => require("./digitalOceanHost") as typeof import("./digitalOceanHost"),
      );
      return new DigitalOceanHost("host", { config });
    }
    case "aws": {
      const { AwsHost } = withSdk(() => require("./awsHost") as typeof import("./awsHost"));
      return new AwsHost("host", { config });
    }
  }
}
