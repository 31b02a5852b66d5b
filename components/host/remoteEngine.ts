import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { type Connection, engineAddress, machineUser, sshOptions } from "../../lib/host/connection";
import type { Preparation } from "../../lib/host/preparation";
import { ensureSshFolder } from "../../lib/host/sshFolder";
import type { Login } from "../../operations/ssh/login";
import type { PrepareHostInput } from "../../operations/steps/prepareHost";
import type { ReadHostKeyInput, ReadHostKeyResult } from "../../operations/steps/readHostKey";
import { Step } from "../step";

export interface RemoteEngineArgs {
  /** How the machine is logged in to at first. Once it is prepared, that is as `deploy` with its own host key. */
  readonly login: pulumi.Input<Connection>;
  /**
   * Whether the stack has made the machine: cloud-init prepares it from its user data then, and `login.hostKey` is the
   * bootstrap host key. The machine's own key is read over the first connection and pinned, and the first one retired.
   */
  readonly cloudInit: boolean;
  /** Stays the same as long as the machine does: the id that its cloud gives it. A change prepares and pins anew. */
  readonly machine: pulumi.Input<string>;
  /** Of a machine that its cloud restarts for another one. A change waits until the machine is there again. */
  readonly size?: pulumi.Input<string>;
  readonly preparation: pulumi.Input<Preparation>;
}

/** Seconds that a machine has to start, and its preparation to end. */
const timeout = 900;

/**
 * The Docker engine of a machine that is reached by SSH: waits for the machine, prepares it, and gives what the rest of
 * the system is created with. Nothing is created on it before it is prepared.
 *
 * @example
 * const engine = new RemoteEngine(`${name}-engine`, { login, cloudInit: true, machine: droplet.id, preparation }, { parent: this });
 */
export class RemoteEngine extends pulumi.ComponentResource {
  readonly provider: docker.Provider;
  readonly engineEnvironment: Readonly<Record<string, pulumi.Output<string>>>;
  readonly connection: pulumi.Output<Connection>;

  constructor(name: string, args: RemoteEngineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:RemoteEngine", name, {}, opts);
    // The provider's ssh shares one connection, and that before any step has run: in a preview too.
    ensureSshFolder();
    // Nothing of it is secret, whatever it comes from; as one, all that is on the machine would be.
    const login = pulumi.unsecret(pulumi.output(args.login));
    const hostKey = args.cloudInit ? this.ownHostKey(name, login, args.machine) : login.hostKey;
    const connection = pulumi
      .all([login, hostKey])
      .apply(([{ address, port }, key]): Connection => ({ address, port, user: machineUser, hostKey: key }));
    const prepared = new Step<PrepareHostInput>(
      `${name}-preparation`,
      {
        script: "prepareHost",
        input: {
          login: pulumi.all([login, hostKey]).apply(([first, key]) => attempts({ ...first, hostKey: key })),
          preparation: args.preparation,
          cloudInit: args.cloudInit,
          machine: args.size === undefined ? args.machine : pulumi.interpolate`${args.machine} ${args.size}`,
          timeout,
        },
      },
      { parent: this },
    );
    this.provider = new docker.Provider(
      `${name}-docker`,
      { host: connection.apply(engineAddress), sshOpts: connection.apply(sshOptions) },
      // No value flows: what the preparation prints would be unknown in the preview of each change to it, and with it all
      // that is on the machine.
      { parent: this, dependsOn: prepared },
    );
    // The provider's name says nothing, but whoever asks for the connection waits for the provider then.
    this.connection = pulumi.all([connection, this.provider.urn]).apply(([ready]) => ready);
    this.engineEnvironment = { SLIPWAY_ENGINE: pulumi.jsonStringify(this.connection) };
    this.registerOutputs({ provider: this.provider, connection: this.connection });
  }

  /** Read once, and again from another machine. */
  private ownHostKey(
    name: string,
    login: pulumi.Output<Connection>,
    machine: pulumi.Input<string>,
  ): pulumi.Output<string> {
    const step = new Step<ReadHostKeyInput>(
      `${name}-identity`,
      { script: "readHostKey", input: { login: login.apply((first) => attempts(first)), machine, timeout } },
      { parent: this },
    );
    return step.stdout.apply((result) => (JSON.parse(result) as ReadHostKeyResult).hostKey);
  }
}

/** Once the machine is prepared, nobody else can log in. */
function attempts({ user, ...machine }: Connection): Login {
  return { ...machine, users: [...new Set([machineUser, user])] };
}
