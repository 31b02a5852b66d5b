import { Project } from "@pulumi/digitalocean/project";
import { ProjectResources } from "@pulumi/digitalocean/projectResources";
import { ReservedIp } from "@pulumi/digitalocean/reservedIp";
import { ReservedIpAssignment } from "@pulumi/digitalocean/reservedIpAssignment";
import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config";
import { cloudName } from "../../lib/host/cloudName";
import { type Connection, machineUser } from "../../lib/host/connection";
import { preparation } from "../../lib/host/machine/preparation";
import { machineOf } from "../../lib/host/settings";
import { userData } from "../../lib/host/userData";
import { BootstrapHostKey } from "./bootstrapHostKey";
import { SpacesBackupBucket } from "./digitalocean/backupBucket";
import { DigitalOceanDataVolume, volumeDevice } from "./digitalocean/dataVolume";
import { loginKeys } from "./digitalocean/loginKeys";
import { DigitalOceanMachine } from "./digitalocean/machine";
import { DigitalOceanNetwork } from "./digitalocean/network";
import { offeredSize } from "./digitalocean/offeredSize";
import type { Host } from "./host";
import { RemoteEngine } from "./remoteEngine";

export interface DigitalOceanHostArgs {
  readonly config: Pick<StackConfig, "app" | "digitalocean" | "machine" | "ports" | "stack">;
}

/**
 * A Droplet with all that belongs to it: network, firewall, data volume, address, and a bucket for backups where the stack
 * names one, together in a project. Volume, address and bucket outlive the Droplet.
 *
 * @example new DigitalOceanHost("host", { config })
 */
export class DigitalOceanHost extends pulumi.ComponentResource implements Host {
  readonly provider: docker.Provider;
  readonly engineEnvironment: Host["engineEnvironment"];
  readonly connection: pulumi.Output<Connection>;
  readonly ipv4: pulumi.Output<string>;
  readonly secrets?: NonNullable<Host["secrets"]>;

  constructor(name: string, { config }: DigitalOceanHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:DigitalOceanHost", name, {}, opts);
    const parent = { parent: this };
    const { app, stack, digitalocean: settings, ports } = config;
    const machine = machineOf(config);
    const identity = { system: app.name, stack };
    const names = { machine: cloudName(identity), data: cloudName({ ...identity, part: "data" }) };
    const { region, image } = settings;
    const size = offeredSize(settings, parent);
    const bucket = createBucket(`${name}-backups`, settings, parent);
    const network = new DigitalOceanNetwork(
      `${name}-network`,
      { cloudName: names.machine, region, sshFrom: machine.sshFrom, ports },
      parent,
    );
    const volume = new DigitalOceanDataVolume(
      `${name}-data`,
      { cloudName: names.data, region, size: settings.volume },
      parent,
    );
    const bootstrap = new BootstrapHostKey(`${name}-bootstrap`, parent);
    const prepared = preparation({ ...machine, ports, dataDevice: volumeDevice(names.data) });
    const droplet = new DigitalOceanMachine(
      `${name}-machine`,
      {
        ...{ cloudName: names.machine, region, size, image },
        ...{ vpcId: network.vpcId, volumeId: volume.id, tag: network.tag },
        loginKeys: loginKeys(`${name}-key`, { ...settings, ...machine, cloudName: names.machine }, parent),
        userData: bootstrap.result.apply((bootstrapHostKey) => userData(prepared, { bootstrapHostKey })),
      },
      // No value flows: the firewall is there before what it protects.
      { parent: this, dependsOn: network.firewall },
    );
    // The records of the domains lead to it, and others have it in their lists.
    const address = new ReservedIp(`${name}-address`, { region }, { parent: this, protect: true });
    const assignment = new ReservedIpAssignment(
      `${name}-address-assignment`,
      { ipAddress: address.ipAddress, dropletId: droplet.id.apply(Number) },
      parent,
    );
    createProject(name, names.machine, [droplet.dropletUrn, volume.volumeUrn, bucket?.bucketUrn], parent);
    const engine = new RemoteEngine(
      `${name}-engine`,
      {
        login: pulumi
          .all([address.ipAddress, bootstrap.publicKey])
          .apply(([ip, hostKey]) => ({ address: ip, port: 22, user: machineUser, hostKey })),
        cloudInit: true,
        // Known once the address leads to the machine: a component's children don't wait for what it depends on. The address
        // itself comes from what outlives the machine, so that nothing on the engine counts as replaced with it.
        machine: pulumi.all([droplet.id, assignment.id]).apply(([id]) => id),
        size: droplet.size,
        preparation: prepared,
      },
      parent,
    );
    this.provider = engine.provider;
    this.engineEnvironment = engine.engineEnvironment;
    this.connection = engine.connection;
    this.ipv4 = address.ipAddress;
    if (bucket !== undefined) this.secrets = bucket.secrets;
    this.registerOutputs({ connection: this.connection, ipv4: this.ipv4 });
  }
}

function createBucket(
  name: string,
  { bucket, region }: StackConfig["digitalocean"],
  opts: pulumi.ComponentResourceOptions,
): SpacesBackupBucket | undefined {
  return bucket === undefined ? undefined : new SpacesBackupBucket(name, { bucket, region }, opts);
}

/**
 * What the control panel shows together. Not the address: it follows its Droplet into the project, and the provider would
 * find another name of it there at each refresh and fail to change it (terraform-provider-digitalocean#1264). So the
 * resources are not listed in the project itself either, which would claim the address with all others.
 */
function createProject(
  name: string,
  projectName: string,
  resources: readonly (pulumi.Input<string> | undefined)[],
  opts: pulumi.CustomResourceOptions,
): void {
  const project = new Project(
    `${name}-project`,
    { name: projectName, purpose: "Web Application", description: "Created by Slipway" },
    opts,
  );
  new ProjectResources(
    `${name}-project-resources`,
    { project: project.id, resources: resources.filter((urn) => urn !== undefined) },
    opts,
  );
}
