import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config";
import { ipv4Address } from "../../lib/forms";
import type { Connection } from "../../lib/host/connection";
import { preparation } from "../../lib/host/machine/preparation";
import { machineOf, sshOf } from "../../lib/host/settings";
import type { Host } from "./host";
import { RemoteEngine } from "./remoteEngine";

export interface SshHostArgs {
  readonly config: Pick<StackConfig, "machine" | "ports" | "ssh">;
}

/**
 * A machine that is there already, wherever it comes from: a server at Hetzner or Linode, or one of one's own. It is
 * prepared over SSH, and nothing of it is ever deleted.
 *
 * @example const host = new SshHost("host", { config });
 */
export class SshHost extends pulumi.ComponentResource implements Host {
  readonly provider: docker.Provider;
  readonly engineEnvironment: Readonly<Record<string, pulumi.Output<string>>>;
  readonly connection: pulumi.Output<Connection>;
  readonly ipv4?: pulumi.Output<string>;

  constructor(name: string, { config }: SshHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:SshHost", name, {}, opts);
    const { address, port, user, hostKey, dataDevice } = sshOf(config);
    const engine = new RemoteEngine(
      `${name}-engine`,
      {
        login: { address, port, user, hostKey },
        cloudInit: false,
        machine: `${address}:${port} ${hostKey}`,
        preparation: preparation({ ...machineOf(config), ports: config.ports, dataDevice }),
      },
      { parent: this },
    );
    this.provider = engine.provider;
    this.engineEnvironment = engine.engineEnvironment;
    this.connection = engine.connection;
    // A name has its records already, or belongs to a network of its own.
    if (ipv4Address.test(address)) this.ipv4 = pulumi.output(address);
    this.registerOutputs({ provider: this.provider, connection: this.connection });
  }
}
