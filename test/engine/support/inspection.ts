import { docker } from "../harness/engine";

/** What `docker inspect` says of a container, in full as far as it can be set by whoever creates it. */
export interface Details {
  readonly Id: string;
  readonly Name: string;
  readonly AppArmorProfile: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly ExitCode: number;
    readonly Pid: number;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: {
    readonly Image: string;
    readonly User: string;
    readonly Env: readonly string[] | null;
    readonly Cmd: readonly string[] | null;
    readonly Entrypoint: readonly string[] | null;
    readonly Labels: Readonly<Record<string, string>>;
    readonly StopSignal?: string;
    readonly StopTimeout?: number;
    readonly Healthcheck?: HealthCheck;
  };
  readonly HostConfig: HostConfig;
  readonly Mounts: readonly Mount[];
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, Attachment>>;
    readonly Ports: Readonly<Record<string, readonly PortBinding[] | null>>;
  };
}

/** Times are in nanoseconds. */
export interface HealthCheck {
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly Retries?: number;
}

export interface Mount {
  readonly Type: string;
  readonly Name?: string;
  readonly Source: string;
  readonly Destination: string;
  readonly RW: boolean;
  readonly Propagation: string;
}

export interface PortBinding {
  readonly HostIp: string;
  readonly HostPort: string;
}

export interface Attachment {
  readonly Aliases: readonly string[] | null;
  readonly IPAddress: string;
}

/** Sizes are in bytes. */
export interface HostConfig {
  readonly AutoRemove: boolean;
  readonly Binds: readonly string[] | null;
  readonly CapAdd: readonly string[] | null;
  readonly CapDrop: readonly string[] | null;
  readonly CgroupParent: string;
  readonly Devices: readonly unknown[] | null;
  readonly DeviceRequests: readonly unknown[] | null;
  readonly Init?: boolean;
  readonly IpcMode: string;
  readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
  readonly Memory: number;
  readonly MemorySwap: number;
  readonly NanoCpus: number;
  readonly NetworkMode: string;
  readonly OomKillDisable: boolean | null;
  readonly OomScoreAdj: number;
  readonly PidMode: string;
  readonly PidsLimit: number | null;
  readonly PortBindings: Readonly<Record<string, readonly PortBinding[]>> | null;
  readonly Privileged: boolean;
  readonly PublishAllPorts: boolean;
  readonly ReadonlyRootfs: boolean;
  readonly MaskedPaths: readonly string[] | null;
  readonly ReadonlyPaths: readonly string[] | null;
  readonly RestartPolicy: { readonly Name: string; readonly MaximumRetryCount: number };
  readonly Runtime: string;
  readonly SecurityOpt: readonly string[] | null;
  readonly ShmSize: number;
  readonly Tmpfs?: Readonly<Record<string, string>>;
  readonly UTSMode: string;
  readonly Ulimits: readonly { readonly Name: string; readonly Soft: number; readonly Hard: number }[] | null;
  readonly UsernsMode: string;
}

export async function inspectAll(containers: readonly string[]): Promise<readonly Details[]> {
  if (containers.length === 0) return [];
  return JSON.parse(await docker("container", "inspect", ...containers)) as Details[];
}

/** Which part of its stack a container is: `backend`, `postgres`, `migration`. */
export function serviceOf({ Config, Name }: Pick<Details, "Config" | "Name">): string {
  const service = Config.Labels["slipway.service"];
  if (service === undefined) throw new Error(`container ${Name} has no label slipway.service`);
  return service;
}

/** Its environment by name. */
export function environmentOf({ Config }: Pick<Details, "Config">): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (Config.Env ?? []).map((entry) => {
      const end = entry.indexOf("=");
      return [entry.slice(0, end), entry.slice(end + 1)];
    }),
  );
}
