import { stringify } from "yaml";
import type { HealthCheck } from "../engine/support/inspection";
import type { Blueprint } from "./blueprint";

export interface ComposeOptions {
  /** Image of a service instead of the one in its blueprint. */
  readonly images?: Readonly<Record<string, string>>;
  /** Seconds between two health checks instead of those in the blueprints. */
  readonly healthInterval?: number;
}

/** A compose file with the containers of the blueprints: the same images, limits, checks, order. */
export function composeFile(blueprints: readonly Blueprint[], options: ComposeOptions = {}): string {
  const networks = blueprints.flatMap(({ details }) => Object.keys(details.NetworkSettings.Networks));
  const volumes = blueprints.flatMap(({ volumes }) => Object.values(volumes));
  return stringify({
    services: Object.fromEntries(blueprints.map((one) => [one.service, service(one, blueprints, options)])),
    networks: Object.fromEntries(
      networks
        .filter((name) => name !== "none")
        .map((name) => [shortName(name), { internal: isInternal(name) }]),
    ),
    volumes: Object.fromEntries(volumes.map((name) => [name, {}])),
  });
}

/** `clubhouse-bench-edge` is `edge`. */
function shortName(network: string): string {
  return network.slice(network.lastIndexOf("-") + 1);
}

function isInternal(network: string): boolean {
  return shortName(network) === "data";
}

function service(blueprint: Blueprint, all: readonly Blueprint[], options: ComposeOptions) {
  const { details, after } = blueprint;
  const { Config, HostConfig } = details;
  return {
    image: options.images?.[blueprint.service] ?? Config.Image,
    user: Config.User,
    ...(Config.Cmd === null ? {} : { command: Config.Cmd.map(dollarsKept) }),
    environment: (Config.Env ?? []).map(dollarsKept),
    cap_drop: HostConfig.CapDrop ?? [],
    cap_add: HostConfig.CapAdd ?? [],
    security_opt: HostConfig.SecurityOpt ?? [],
    read_only: HostConfig.ReadonlyRootfs,
    tmpfs: Object.entries(HostConfig.Tmpfs ?? {}).map(([path, tmpfs]) => `${path}:${tmpfs}`),
    volumes: mounts(blueprint),
    mem_limit: `${HostConfig.Memory}b`,
    memswap_limit: `${HostConfig.MemorySwap}b`,
    cpus: HostConfig.NanoCpus / 1e9,
    pids_limit: HostConfig.PidsLimit ?? -1,
    shm_size: `${HostConfig.ShmSize}b`,
    init: HostConfig.Init ?? false,
    ipc: HostConfig.IpcMode,
    ...(Config.StopSignal === undefined ? {} : { stop_signal: Config.StopSignal }),
    stop_grace_period: `${Config.StopTimeout ?? 10}s`,
    restart: HostConfig.RestartPolicy.Name === "" ? "no" : HostConfig.RestartPolicy.Name,
    logging: { driver: HostConfig.LogConfig.Type, options: HostConfig.LogConfig.Config },
    ...(Config.Healthcheck === undefined ? {} : { healthcheck: healthCheck(Config.Healthcheck, options) }),
    ...attachments(blueprint),
    ports: ports(blueprint),
    depends_on: Object.fromEntries(after.map((name) => [name, { condition: condition(name, all) }])),
  };
}

function condition(name: string, all: readonly Blueprint[]): string {
  const runsOnce =
    all.find(({ service }) => service === name)?.details.HostConfig.RestartPolicy.Name === "no";
  return runsOnce ? "service_completed_successfully" : "service_healthy";
}

function mounts({ volumes, folders }: Blueprint) {
  return [
    ...Object.entries(volumes).map(([target, source]) => ({ type: "volume", source, target })),
    ...Object.entries(folders).map(([target, source]) => ({ type: "bind", source, target, read_only: true })),
  ];
}

function attachments({ details }: Blueprint) {
  const networks = Object.keys(details.NetworkSettings.Networks).filter((name) => name !== "none");
  return networks.length === 0 ? { network_mode: "none" } : { networks: networks.map(shortName) };
}

function ports({ details }: Blueprint): string[] {
  return Object.entries(details.HostConfig.PortBindings ?? {}).flatMap(([inside, bindings]) =>
    bindings.map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}:${inside}`),
  );
}

function healthCheck(check: HealthCheck, { healthInterval }: ComposeOptions) {
  const seconds = (nanoseconds = 0) => `${nanoseconds / 1e9}s`;
  return {
    test: (check.Test ?? []).map(dollarsKept),
    interval: healthInterval === undefined ? seconds(check.Interval) : `${healthInterval}s`,
    timeout: seconds(check.Timeout),
    start_period: seconds(check.StartPeriod),
    retries: check.Retries ?? 3,
  };
}

/** Compose would take a dollar for the start of a variable. */
function dollarsKept(text: string): string {
  return text.replaceAll("$", "$$$$");
}
