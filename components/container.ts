import { createHash } from "node:crypto";
import { posix } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Resources } from "../apps/spec";
import type { StartableContainer } from "../operations/steps/start";
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
  /** Numeric `uid:gid`, never root. */
  readonly user: string;
  /** Left out for containers that roll: two of a service live side by side for the time of a release. */
  readonly fixedName?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly pulumi.Input<string>[];
  readonly environment?: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * Files by absolute path, readable by `user` alone, written before the start. Each folder is an anonymous volume that
   * goes with the container, and a change of any content replaces it. Unlike an environment variable, a file is not shown
   * by `docker inspect`.
   */
  readonly files?: Readonly<Record<string, pulumi.Input<string>>>;
  /** None when left out. */
  readonly networks?: readonly NetworkAttachment[];
  /** Named volumes by mount path. */
  readonly volumes?: Readonly<Record<string, pulumi.Input<string>>>;
  /** The same, which it can't write to. */
  readonly readOnlyVolumes?: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * Folders on disk for what only lasts as long as the container, and for files that steps write while it runs: anonymous
   * volumes that go with it.
   */
  readonly scratch?: readonly string[];
  /** Folders of the image that it may change: its copies of them are anonymous volumes, which belong to `user`. */
  readonly copies?: readonly string[];
  /** What the machine calls itself inside. Its id when left out. */
  readonly hostname?: string;
  /** Paths of the host by mount path, read-only, as they are at the start. For what looks at the host itself. */
  readonly hostPaths?: Readonly<Record<string, string>>;
  /** Writable folders in memory, MiB each; everything else is read-only. @default /tmp with 64 MiB */
  readonly temporary?: Readonly<Record<string, number>>;
  /** Whether it may write anywhere; what it writes goes with it. @default false */
  readonly writableRoot?: boolean;
  readonly resources: Resources;
  /** Shared memory, MiB. @default 64 */
  readonly sharedMemory?: number;
  /** Exit code 0 is healthy. None for a one-shot. */
  readonly health?: readonly string[];
  /** Seconds between two checks. @default 10 */
  readonly healthInterval?: number;
  /** Kernel capabilities kept, with their CAP_ prefix. @default none */
  readonly capabilities?: readonly string[];
  /** Published on all addresses. Only the proxy has any. */
  readonly ports?: readonly { readonly port: number; readonly protocol: "tcp" | "udp" }[];
  /** @default SIGTERM */
  readonly stopSignal?: string;
  /** Seconds from the stop signal to the kill. @default 30 */
  readonly stopGrace?: number;
  /** Runs once to its end instead of for ever. @default false */
  readonly oneShot?: boolean;
}

/**
 * The base that every container goes through: no privilege that its work doesn't need, limits on what it can use, logs
 * that can't fill the disk, labels to find it by.
 *
 * It is created here and started by a step of the update (operations/steps/start.ts), which does before what the provider
 * can't: limit the number of processes, and write files into a container whose root is read-only.
 *
 * @example new HardenedContainer("redis", { identity, service: "redis", user: "999:999", ... }, { parent: this })
 */
export class HardenedContainer extends docker.Container {
  /** What a step needs to start it. */
  readonly startable: pulumi.Output<StartableContainer>;

  constructor(name: string, args: HardenedContainerArgs, opts?: pulumi.CustomResourceOptions) {
    super(name, containerArgs(args), {
      ...opts,
      // The provider changes these in place in its schema, but not on the engine (kreuzwerker/terraform-provider-docker#988).
      replaceOnChanges: ["healthcheck", "tmpfs", "init", "cpus"],
    });
    this.startable = pulumi.all([this.id, args.files ?? {}]).apply(([id, files]) => ({
      id,
      files,
      owner: args.user,
      // Left out otherwise: another input would run every step again that starts something.
      ...(args.copies === undefined ? {} : { copies: args.copies }),
    }));
  }
}

function containerArgs(args: HardenedContainerArgs): docker.ContainerArgs {
  const oneShot = args.oneShot ?? false;
  return {
    ...(args.fixedName === undefined ? {} : { name: args.fixedName }),
    ...(args.hostname === undefined ? {} : { hostname: args.hostname }),
    image: args.image,
    user: args.user,
    ...(args.entrypoint === undefined ? {} : { entrypoints: [...args.entrypoint] }),
    ...(args.command === undefined ? {} : { command: [...args.command] }),
    envs: environment(args.environment ?? {}),
    labels: pulumi
      .all([args.release, args.files === undefined ? {} : { files: filesDigest(args.files) }])
      .apply(([release, digest]) => labels(args.identity, { service: args.service, release, ...digest })),
    ...restriction(args),
    ...mounts(args),
    ...limits(args),
    ...networking(args),
    ...(args.health === undefined ? {} : { healthcheck: healthcheck(args.health, args.healthInterval) }),
    init: true,
    logDriver: "json-file",
    // The guides ask for 10 MB in three files. With its labels, a line tells where it is from.
    logOpts: { "max-size": "10m", "max-file": "3", labels: loggedLabels },
    restart: oneShot ? "no" : "unless-stopped",
    start: false,
    // Otherwise the provider, which looks once after the creation, would note it down as stopped.
    mustRun: false,
    stopSignal: args.stopSignal ?? "SIGTERM",
    stopTimeout: args.stopGrace ?? defaultStopGrace,
    // Without it the provider kills at once; it counts as it stands in the state of the old container.
    destroyGraceSeconds: args.stopGrace ?? defaultStopGrace,
  };
}

const loggedLabels = ["release", "service", "stack", "system"].map((label) => `slipway.${label}`).join(",");
const defaultStopGrace = 30;
const defaultHealthInterval = 10;
const defaultTemporary = { "/tmp": 64 };

function restriction({ capabilities = [], writableRoot = false }: HardenedContainerArgs) {
  return {
    capabilities: { drops: ["ALL"], adds: [...capabilities].sort() },
    securityOpts: ["no-new-privileges:true"],
    readOnly: !writableRoot,
    privileged: false,
    // The provider reads these back, and an unset one shows as a change.
    ipcMode: "private",
  };
}

function mounts(args: HardenedContainerArgs) {
  const folders = new Set(Object.keys(args.files ?? {}).map((path) => posix.dirname(path)));
  for (const folder of [...(args.scratch ?? []), ...(args.copies ?? [])]) folders.add(folder);
  const [owner = "", group = ""] = args.user.split(":");
  return {
    tmpfs: Object.fromEntries(
      Object.entries(args.temporary ?? defaultTemporary).map(([path, size]) => [
        path,
        `rw,noexec,nosuid,nodev,size=${size}m,uid=${owner},gid=${group}`,
      ]),
    ),
    volumes: [
      ...namedVolumes(args.volumes),
      ...namedVolumes(args.readOnlyVolumes).map((volume) => ({ ...volume, readOnly: true })),
      ...[...folders].sort().map((containerPath) => ({ containerPath })),
    ],
    ...(args.hostPaths === undefined ? {} : { mounts: hostMounts(args.hostPaths) }),
  };
}

function namedVolumes(volumes: HardenedContainerArgs["volumes"] = {}) {
  return Object.entries(volumes)
    .sort(byKey)
    .map(([containerPath, volumeName]) => ({ containerPath, volumeName }));
}

function hostMounts(paths: Readonly<Record<string, string>>): docker.types.input.ContainerMount[] {
  return Object.entries(paths)
    .sort(byKey)
    .map(([target, source]) => ({ type: "bind", source, target, readOnly: true }));
}

function limits({ resources, sharedMemory = 64 }: HardenedContainerArgs) {
  return {
    memory: resources.memory,
    // The same as memory: no swap, so that a limit means what it says.
    memorySwap: resources.memory,
    // As the provider reads it back; "1" would show as a change.
    cpus: Number.isInteger(resources.cpus) ? resources.cpus.toFixed(1) : String(resources.cpus),
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

function healthcheck(
  command: readonly string[],
  interval = defaultHealthInterval,
): docker.types.input.ContainerHealthcheck {
  return {
    tests: ["CMD", ...command],
    interval: `${interval}s`,
    timeout: "5s",
    startPeriod: "30s",
    retries: 3,
  };
}

/** A label that changes with the content of the files, so that the container does too. Of a strong secret it tells nothing. */
function filesDigest(files: NonNullable<HardenedContainerArgs["files"]>): pulumi.Output<string> {
  const digest = pulumi.output(files).apply((known) => {
    const text = JSON.stringify(Object.entries(known).sort(byKey));
    return createHash("sha256").update(text).digest("hex").slice(0, 16);
  });
  return pulumi.unsecret(digest);
}

function environment(variables: Readonly<Record<string, pulumi.Input<string>>>): pulumi.Output<string>[] {
  return Object.entries(variables)
    .sort(byKey)
    .map(([name, value]) => pulumi.interpolate`${name}=${value}`);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
