import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Resources } from "../apps/spec";
import { type Identity, labels } from "./identity";

export interface NetworkAttachment {
  readonly network: pulumi.Input<string>;
  /** Names under which the other containers of the network find this one, besides its own. */
  readonly aliases?: readonly string[];
}

export interface HardenedContainerArgs {
  readonly identity: Identity;
  /** What runs in it: `backend`, `postgres`. One of the labels. */
  readonly service: string;
  readonly image: pulumi.Input<string>;
  /** The release that the image is of, a label. */
  readonly release: pulumi.Input<string>;
  /** Numeric `uid:gid`. Root only for a one-shot that changes ownership. */
  readonly user: string;
  /** Left out for containers that roll: two of a service live side by side for the time of a release. */
  readonly fixedName?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly pulumi.Input<string>[];
  readonly environment?: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * Files by absolute path, readable by `user` alone, written before the start. Each folder is an anonymous volume that
   * goes with the container. Unlike an environment variable, a file is not shown by `docker inspect`.
   */
  readonly files?: Readonly<Record<string, pulumi.Input<string>>>;
  /** None when left out. */
  readonly networks?: readonly NetworkAttachment[];
  /** Named volumes by mount path. */
  readonly volumes?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Writable folders in memory, MiB each; everything else is read-only. @default /tmp with 64 MiB */
  readonly temporary?: Readonly<Record<string, number>>;
  readonly resources: Resources;
  /** Shared memory, MiB. @default 64 */
  readonly sharedMemory?: number;
  /** Exit code 0 is healthy. None for a one-shot. */
  readonly health?: readonly string[];
  /** Kernel capabilities kept, with their CAP_ prefix. @default none */
  readonly capabilities?: readonly string[];
  /** Published on all addresses. Only the proxy has any. */
  readonly ports?: readonly { readonly port: number; readonly protocol: "tcp" | "udp" }[];
  /** @default SIGTERM */
  readonly stopSignal?: string;
  /** Seconds from the stop signal to the kill. @default 30 */
  readonly stopGrace?: number;
  /** Created, but started by a job step that checks its exit code. @default false */
  readonly oneShot?: boolean;
}

/**
 * The base that every container goes through: no privilege that its work doesn't need, limits on what it can use, logs
 * that can't fill the disk, labels to find it by. The limit on processes is missing here since the provider can't set
 * it: the step that waits for the container does (operations/steps/engine.ts).
 *
 * @example new HardenedContainer("redis", { identity, service: "redis", user: "999:1000", ... }, { parent: this })
 */
export class HardenedContainer extends docker.Container {
  constructor(name: string, args: HardenedContainerArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, containerArgs(args), {
      ...opts,
      // The provider changes these in place in its schema, but not on the engine (kreuzwerker/terraform-provider-docker#988).
      replaceOnChanges: ["healthcheck", "tmpfs", "init", "cpus"],
    });
  }
}

function containerArgs(args: HardenedContainerArgs): docker.ContainerArgs {
  const oneShot = args.oneShot ?? false;
  return {
    ...(args.fixedName === undefined ? {} : { name: args.fixedName }),
    image: args.image,
    user: args.user,
    ...(args.entrypoint === undefined ? {} : { entrypoints: [...args.entrypoint] }),
    ...(args.command === undefined ? {} : { command: [...args.command] }),
    envs: environment(args.environment ?? {}),
    labels: pulumi
      .output(args.release)
      .apply((release) => labels(args.identity, { service: args.service, release })),
    ...restriction(args),
    ...mounts(args),
    ...limits(args),
    ...networking(args),
    ...(args.health === undefined ? {} : { healthcheck: healthcheck(args.health) }),
    init: true,
    logDriver: "json-file",
    // The guides ask for 10 MB in three files.
    logOpts: { "max-size": "10m", "max-file": "3" },
    restart: oneShot ? "no" : "unless-stopped",
    start: !oneShot,
    mustRun: !oneShot,
    stopSignal: args.stopSignal ?? "SIGTERM",
    stopTimeout: args.stopGrace ?? defaultStopGrace,
    // Without it the provider kills at once; it counts as it stands in the state of the old container.
    destroyGraceSeconds: args.stopGrace ?? defaultStopGrace,
  };
}

const defaultStopGrace = 30;
const defaultTemporary = { "/tmp": 64 };

function restriction({ capabilities = [] }: HardenedContainerArgs) {
  return {
    capabilities: { drops: ["ALL"], adds: [...capabilities].sort() },
    securityOpts: ["no-new-privileges:true"],
    readOnly: true,
    privileged: false,
    // The provider reads these back, and an unset one shows as a change.
    ipcMode: "private",
  };
}

function mounts(args: HardenedContainerArgs) {
  const files = Object.entries(args.files ?? {}).sort(byKey);
  const folders = new Set(files.map(([path]) => path.slice(0, path.lastIndexOf("/"))));
  const [owner = "", group = ""] = args.user.split(":");
  return {
    tmpfs: Object.fromEntries(
      Object.entries(args.temporary ?? defaultTemporary).map(([path, size]) => [
        path,
        `rw,noexec,nosuid,nodev,size=${size}m,uid=${owner},gid=${group}`,
      ]),
    ),
    volumes: [
      ...Object.entries(args.volumes ?? {})
        .sort(byKey)
        .map(([containerPath, volumeName]) => ({ containerPath, volumeName })),
      ...[...folders].map((containerPath) => ({ containerPath })),
    ],
    uploads: files.map(([file, content]) => ({ file, content, owner, group, permissions: "0400" })),
  };
}

function limits({ resources, sharedMemory = 64 }: HardenedContainerArgs) {
  return {
    memory: resources.memory,
    // The same as memory: no swap, so that a limit means what it says.
    memorySwap: resources.memory,
    cpus: String(resources.cpus),
    shmSize: sharedMemory,
  };
}

function networking({ networks = [], ports = [] }: HardenedContainerArgs) {
  return {
    networkMode: networks.length === 0 ? "none" : "bridge",
    networksAdvanced: networks.map(({ network, aliases = [] }) => ({
      name: network,
      aliases: [...aliases].sort(),
    })),
    // The provider replaces the container when they are not in this order.
    ports: [...ports]
      .sort((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1))
      .map(({ port, protocol }) => ({ internal: port, external: port, protocol, ip: "0.0.0.0" })),
  };
}

function healthcheck(command: readonly string[]): docker.types.input.ContainerHealthcheck {
  return { tests: ["CMD", ...command], interval: "10s", timeout: "5s", startPeriod: "30s", retries: 3 };
}

function environment(variables: Readonly<Record<string, pulumi.Input<string>>>): pulumi.Output<string>[] {
  return Object.entries(variables)
    .sort(byKey)
    .map(([name, value]) => pulumi.interpolate`${name}=${value}`);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
