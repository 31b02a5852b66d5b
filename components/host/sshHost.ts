import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config";
import { ipv4Address } from "../../lib/forms";
import type { Connection } from "../../lib/host/connection";
import { preparation } from "../../lib/host/machine/preparation";
import type { MachineSettings, SshSettings } from "../../lib/host/settings";
import type { Addresses, Host } from "./host";
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
  readonly addresses?: Addresses;

  constructor(name: string, { config }: SshHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:SshHost", name, {}, opts);
    const { machine, ssh } = checked(config);
    const { address, port, user, hostKey, dataDevice } = ssh;
    const engine = new RemoteEngine(
      `${name}-engine`,
      {
        login: { address, port, user, hostKey },
        cloudInit: false,
        machine: `${address}:${port} ${hostKey}`,
        preparation: preparation({ ...machine, ports: config.ports, dataDevice }),
      },
      { parent: this },
    );
    this.provider = engine.provider;
    this.engineEnvironment = engine.engineEnvironment;
    this.connection = engine.connection;
    // A name has its records already, or belongs to a network of its own.
    if (ipv4Address.test(address)) this.addresses = { ipv4: pulumi.output(address) };
    this.registerOutputs({ provider: this.provider, connection: this.connection });
  }
}

/** The settings of a stack have them, as they are checked; who makes this from a program of their own may leave them out. */
function checked({ machine, ssh }: SshHostArgs["config"]): {
  readonly machine: MachineSettings;
  readonly ssh: SshSettings;
} {
  if (machine === undefined || ssh === undefined) {
    throw new Error(
      `slipway:${machine === undefined ? "machine" : "ssh"} is missing: slipway:host ssh needs both slipway:machine and slipway:ssh`,
    );
  }
  return { machine, ssh };
}
