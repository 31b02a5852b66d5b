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
  /** Ports that it listens on by TCP. Without a proxy in user land it holds those that are published. */
  readonly listening: readonly number[];
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
    machine.exec("ss -Hltnp | awk '/dockerd/ {print $4}'"),
    machine.exec("stat -c '%U:%G %a' /var/run/docker.sock"),
    machine.exec("stat -c '%U:%G %a' /etc/docker/daemon.json"),
  ]);
  return {
    info: JSON.parse(info),
    settings: JSON.parse(settings),
    bridge: JSON.parse(networks)[0].Options,
    listening: listening.split("\n").flatMap((address) => Number(/:(\d+)$/.exec(address)?.[1]) || []),
    ...{ commandLine, socket, settingsFile },
  };
}

export interface EngineCheck {
  /** Number in the CIS Docker Benchmark (docker-bench-security). */
  readonly number: string;
  readonly title: string;
  readonly value: (facts: EngineFacts) => unknown;
  readonly expected: unknown;
}

/**
 * Its sections 2 and 3, as far as they apply to one machine. Not 2.1 (rootless: ports 80 and 443, and the addresses of
 * clients) and 2.9 (user namespaces: volumes of images that change their owner).
 */
export const engineChecks: readonly EngineCheck[] = [
  {
    number: "2.2",
    title: "containers of the default network don't reach each other",
    value: ({ bridge }) => bridge["com.docker.network.bridge.enable_icc"],
    expected: "false",
  },
  {
    number: "2.3",
    title: "it logs what it does, at its usual level",
    value: ({ settings, commandLine }) => [settings["log-level"], /log-level/.test(commandLine)],
    expected: [undefined, false],
  },
  {
    number: "2.4",
    title: "it sets the rules of its networks",
    value: ({ settings, commandLine }) => [settings.iptables, /iptables/.test(commandLine)],
    expected: [undefined, false],
  },
  {
    number: "2.5",
    title: "no registry is asked without TLS but one of the machine's own",
    value: ({ info }) =>
      info.RegistryConfig.InsecureRegistryCIDRs.filter((range) => !/^(127\.|::1)/.test(range)),
    expected: [],
  },
  {
    number: "2.6",
    title: "layers are kept by overlay2, not aufs",
    value: ({ info }) => info.Driver,
    expected: "overlay2",
  },
  {
    number: "2.7",
    title: "its interface is its socket alone, so that it needs no TLS",
    value: ({ commandLine, listening, settings }) => ({
      hosts: settings.hosts,
      tcp: /tcp:/.test(commandLine),
      ports: [...new Set(listening)].sort((a, b) => a - b),
    }),
    expected: { hosts: undefined, tcp: false, ports: [80, 443] },
  },
  {
    number: "2.8",
    title: "open files of containers are limited, to 65536 or what the machine itself may",
    value: ({ settings }) => {
      const { nofile } = settings["default-ulimits"] as { nofile: { Hard: number; Soft: number } };
      return [nofile.Hard > 0 && nofile.Hard <= 65536, nofile.Soft === nofile.Hard];
    },
    expected: [true, true],
  },
  {
    number: "2.10",
    title: "control groups are its own",
    value: ({ settings }) => settings["cgroup-parent"],
    expected: undefined,
  },
  {
    number: "2.13",
    title: "logs are kept where they are looked for, and rotated",
    value: ({ info, settings }) => [info.LoggingDriver, settings["log-opts"]],
    expected: ["json-file", { "max-file": "3", "max-size": "10m" }],
  },
  {
    number: "2.14",
    title: "containers can't gain privileges",
    value: ({ settings }) => settings["no-new-privileges"],
    expected: true,
  },
  {
    number: "2.15",
    title: "containers run on while it restarts",
    value: ({ info }) => info.LiveRestoreEnabled,
    expected: true,
  },
  {
    number: "2.16",
    title: "no proxy for published ports in user land",
    value: ({ settings }) => settings["userland-proxy"],
    expected: false,
  },
  {
    number: "2.17",
    title: "the engine's own seccomp profile is on",
    value: ({ info, settings }) => [
      settings["seccomp-profile"],
      info.SecurityOptions.some((option) => option.startsWith("name=seccomp")),
    ],
    expected: [undefined, true],
  },
  {
    number: "2.18",
    title: "nothing experimental",
    value: ({ info }) => info.ExperimentalBuild,
    expected: false,
  },
  {
    number: "3.15",
    title: "the socket is root's and the group docker's",
    value: ({ socket }) => socket,
    expected: "root:docker 660",
  },
  {
    number: "3.17",
    title: "its settings can be written by root alone",
    value: ({ settingsFile }) => settingsFile,
    expected: "root:root 644",
  },
  { number: "5.22", title: "no swarm", value: ({ info }) => info.Swarm.LocalNodeState, expected: "inactive" },
];
