import type { Blueprint } from "./blueprint";

/** Start of every name of what is made by hand. */
export const prefix = "slipway-bench-by-hand-";

export interface CreateOptions {
  /** Instead of the one in the blueprint. */
  readonly image?: string;
  /** Network to use for one of the stack. */
  readonly networks: (network: string) => string;
}

/** Arguments of `docker container create` for a container like the one of the blueprint. It joins the first network. */
export function createArguments(blueprint: Blueprint, { image, networks }: CreateOptions): string[] {
  const { service, details } = blueprint;
  const { Config, HostConfig } = details;
  const [network] = Object.keys(details.NetworkSettings.Networks).filter((name) => name !== "none");
  return [
    ...option("name", `${prefix}${service}-${Date.now()}`),
    ...option("user", Config.User),
    ...options("env", Config.Env ?? []),
    ...options("cap-drop", HostConfig.CapDrop ?? []),
    ...options("cap-add", HostConfig.CapAdd ?? []),
    ...options("security-opt", HostConfig.SecurityOpt ?? []),
    ...(HostConfig.ReadonlyRootfs ? ["--read-only"] : []),
    ...(HostConfig.Init === true ? ["--init"] : []),
    ...option("restart", HostConfig.RestartPolicy.Name),
    ...options(
      "tmpfs",
      Object.entries(HostConfig.Tmpfs ?? {}).map(([path, tmpfs]) => `${path}:${tmpfs}`),
    ),
    ...options("mount", mounts(blueprint)),
    ...limits(blueprint),
    ...logging(blueprint),
    ...(network === undefined
      ? option("network", "none")
      : [...option("network", networks(network)), ...option("network-alias", service)]),
    ...publishedPorts(blueprint),
    ...option("stop-signal", Config.StopSignal ?? "SIGTERM"),
    ...option("stop-timeout", String(Config.StopTimeout ?? 10)),
    image ?? Config.Image,
    ...(Config.Cmd ?? []),
  ];
}

function mounts({ volumes, folders }: Blueprint): string[] {
  return [
    ...Object.entries(volumes).map(([target, source]) => `type=volume,src=${prefix}${source},dst=${target}`),
    ...Object.entries(folders).map(([target, source]) => `type=bind,src=${source},dst=${target},readonly`),
  ];
}

function limits({ details: { HostConfig } }: Blueprint): string[] {
  return [
    ...option("memory", `${HostConfig.Memory}b`),
    ...option("memory-swap", `${HostConfig.MemorySwap}b`),
    ...option("cpus", String(HostConfig.NanoCpus / 1e9)),
    ...option("pids-limit", String(HostConfig.PidsLimit ?? -1)),
    ...option("shm-size", `${HostConfig.ShmSize}b`),
  ];
}

function logging({ details: { HostConfig } }: Blueprint): string[] {
  const { Type, Config } = HostConfig.LogConfig;
  return [
    ...option("log-driver", Type),
    ...options(
      "log-opt",
      Object.entries(Config).map(([key, value]) => `${key}=${value}`),
    ),
  ];
}

function publishedPorts({ details: { HostConfig } }: Blueprint): string[] {
  return Object.entries(HostConfig.PortBindings ?? {}).flatMap(([inside, bindings]) =>
    bindings.flatMap(({ HostIp, HostPort }) => option("publish", `${HostIp}:${HostPort}:${inside}`)),
  );
}

function option(name: string, value: string): string[] {
  return value === "" ? [] : [`--${name}`, value];
}

function options(name: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [`--${name}`, value]);
}
