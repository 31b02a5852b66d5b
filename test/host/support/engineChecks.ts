import type { MachineDouble } from "../harness/machineDouble";

/** What the machine's engine says of itself, as far as the checks read it. */
export interface EngineFacts {
  readonly info: {
    readonly LiveRestoreEnabled: boolean;
    readonly ExperimentalBuild: boolean;
    readonly Driver: string;
    readonly LoggingDriver: string;
    readonly IPv4Forwarding: boolean;
    readonly DockerRootDir: string;
    readonly SecurityOptions: readonly string[];
    readonly RegistryConfig: { readonly InsecureRegistryCIDRs: readonly string[] };
    readonly Swarm: { readonly LocalNodeState: string };
  };
  readonly settings: Readonly<Record<string, unknown>>;
  readonly bridge: Readonly<Record<string, string>>;
  readonly commandLine: string;
  /** Addresses that dockerd listens on by TCP. */
  readonly listening: string;
  /** `root:docker 660` */
  readonly socket: string;
  readonly settingsFile: string;
}

export async function engineFacts(machine: MachineDouble): Promise<EngineFacts> {
  const [info, settings, networks, commandLine, listening, socket, settingsFile] = await Promise.all([
    machine.docker("info", "--format", "{{json .}}"),
    machine.exec("cat /etc/docker/daemon.json"),
    machine.docker("network", "inspect", "bridge"),
    machine.exec("tr '\\0' ' ' < /proc/$(pidof dockerd)/cmdline"),
    machine.exec("ss -Hltnp | grep dockerd || true"),
    machine.exec("stat -c '%U:%G %a' /var/run/docker.sock"),
    machine.exec("stat -c '%U:%G %a' /etc/docker/daemon.json"),
  ]);
  return {
    info: JSON.parse(info),
    settings: JSON.parse(settings),
    bridge: JSON.parse(networks)[0].Options,
    ...{ commandLine, listening, socket, settingsFile },
  };
}

export interface EngineCheck {
  /** Number in the CIS Docker Benchmark (docker-bench-security). */
  readonly number: string;
  readonly title: string;
  readonly holds: (facts: EngineFacts) => boolean;
}

/**
 * Its sections 2 and 3, as far as they apply to one machine. Not 2.1 (rootless: ports 80 and 443, and the addresses of
 * clients) and 2.9 (user namespaces: volumes of images that change their owner).
 */
export const engineChecks: readonly EngineCheck[] = [
  {
    number: "2.2",
    title: "containers of the default network don't reach each other",
    holds: ({ bridge }) => bridge["com.docker.network.bridge.enable_icc"] === "false",
  },
  {
    number: "2.3",
    title: "it logs what it does",
    holds: ({ settings, commandLine }) =>
      [undefined, "info"].includes(settings["log-level"] as string | undefined) &&
      !/log-level/.test(commandLine),
  },
  {
    number: "2.4",
    title: "it sets the rules of its networks",
    holds: ({ settings, commandLine }) => settings.iptables !== false && !/iptables/.test(commandLine),
  },
  {
    number: "2.5",
    title: "no registry is asked without TLS but one of the machine's own",
    holds: ({ info }) =>
      info.RegistryConfig.InsecureRegistryCIDRs.every((range) => /^(127\.|::1)/.test(range)),
  },
  {
    number: "2.6",
    title: "layers are kept by overlay2, not aufs",
    holds: ({ info }) => info.Driver === "overlay2",
  },
  {
    number: "2.7",
    title: "it listens on its socket alone, so that TLS isn't needed",
    holds: ({ commandLine, listening, settings }) =>
      settings.hosts === undefined && !/tcp:/.test(commandLine) && listening === "",
  },
  {
    number: "2.8",
    title: "open files of containers are limited",
    holds: ({ settings }) => JSON.stringify(settings["default-ulimits"]).includes("65536"),
  },
  {
    number: "2.10",
    title: "control groups are its own",
    holds: ({ settings }) => settings["cgroup-parent"] === undefined,
  },
  {
    number: "2.13",
    title: "logs are kept where they are looked for, and rotated",
    holds: ({ info, settings }) =>
      info.LoggingDriver === "json-file" &&
      JSON.stringify(settings["log-opts"]) === '{"max-file":"3","max-size":"10m"}',
  },
  {
    number: "2.14",
    title: "containers can't gain privileges",
    holds: ({ settings }) => settings["no-new-privileges"] === true,
  },
  {
    number: "2.15",
    title: "containers run on while it restarts",
    holds: ({ info }) => info.LiveRestoreEnabled,
  },
  {
    number: "2.16",
    title: "no proxy for published ports in user land",
    holds: ({ settings, bridge }) => settings["userland-proxy"] === false && bridge !== undefined,
  },
  {
    number: "2.17",
    title: "the engine's own seccomp profile is on",
    holds: ({ info, settings }) =>
      settings["seccomp-profile"] === undefined &&
      info.SecurityOptions.some((option) => option.startsWith("name=seccomp")),
  },
  { number: "2.18", title: "nothing experimental", holds: ({ info }) => !info.ExperimentalBuild },
  {
    number: "3.15",
    title: "the socket is root's and the group docker's",
    holds: ({ socket }) => socket === "root:docker 660",
  },
  {
    number: "3.17",
    title: "its settings can be written by root alone",
    holds: ({ settingsFile }) => settingsFile === "root:root 644",
  },
  { number: "5.22", title: "no swarm", holds: ({ info }) => info.Swarm.LocalNodeState === "inactive" },
];
