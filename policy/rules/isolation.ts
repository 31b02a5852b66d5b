import { Container, type ContainerArgs } from "@pulumi/docker/container";
import { Volume } from "@pulumi/docker/volume";
import { type Policies, validateResourceOfType } from "@pulumi/policy";
import type { Unwrap } from "@pulumi/pulumi";
import { parentType } from "../stack";

type ContainerInputs = Unwrap<ContainerArgs>;

export const isolationPolicies: Policies = [
  {
    name: "no-privileged",
    description: "No container has the machine's privileges: who breaks out of it is root.",
    enforcementLevel: "mandatory",
    validateResource: validateResourceOfType(Container, (container, { name }, report) => {
      for (const privilege of privileges(container)) {
        report(`${name} has ${privilege}. Take it out; grant the one capability it needs.`);
      }
    }),
  },
  {
    name: "no-host-namespaces",
    description: "No container shares a namespace with the machine or with another container.",
    enforcementLevel: "mandatory",
    validateResource: validateResourceOfType(Container, (container, { name }, report) => {
      for (const mode of namespaceModes) {
        const value = container[mode];
        if (value !== undefined && /^(?:host$|container:)/.test(value)) {
          report(`${name} has ${mode} ${value}. Leave it out: it gets a namespace of its own.`);
        }
      }
    }),
  },
  {
    name: "no-engine-socket",
    description: "No container reaches the engine's socket: who does is root on the machine.",
    enforcementLevel: "mandatory",
    validateResource: [
      validateResourceOfType(Container, (container, { name, urn }, report) => {
        for (const mount of hostMounts(container)) {
          if (!reachesEngine(mount.source) || isException(urn, container, mount)) continue;
          report(`${name} mounts ${mount.source}, ${socketAdvice}`);
        }
      }),
      // A volume may be a mount in disguise.
      validateResourceOfType(Volume, ({ driverOpts }, _, report) => {
        const device = driverOpts?.device;
        if (device !== undefined && reachesEngine(device)) report(`The volume is ${device}, ${socketAdvice}`);
      }),
    ],
  },
];

const socketAdvice =
  "which the engine's socket is in. Ask the guardian, which alone has it and lets through only what reads.";
const namespaceModes = ["networkMode", "pidMode", "ipcMode", "usernsMode", "cgroupnsMode"] as const;

/** They amount to root on the machine, or nearly. */
const mighty = ["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "BPF"];

function privileges({ privileged, capabilities, securityOpts, devices }: ContainerInputs): string[] {
  const granted = (capabilities?.adds ?? []).filter((name) => mighty.includes(name.replace(/^CAP_/, "")));
  return [
    ...(privileged ? ["privileged"] : []),
    ...granted.map((name) => `the capability ${name}`),
    ...(securityOpts ?? []).filter((option) => /unconfined|disable/.test(option)),
    ...(devices ?? []).map(({ hostPath }) => `the device ${hostPath}`),
  ];
}

interface HostMount {
  readonly source: string;
  readonly readOnly: boolean;
}

/** Paths of the machine that the container sees. */
function hostMounts({ mounts, volumes }: ContainerInputs): HostMount[] {
  const bound = (mounts ?? []).filter(({ type }) => type === "bind");
  return [
    ...bound.flatMap(({ source, readOnly = false }) => (source === undefined ? [] : [{ source, readOnly }])),
    ...(volumes ?? []).flatMap(({ hostPath, readOnly = false }) =>
      hostPath === undefined ? [] : [{ source: hostPath, readOnly }],
    ),
  ];
}

const sockets = ["/run/docker.sock", "/run/containerd/containerd.sock"];

/** Whether the path is a socket of the engine, or a folder that has one in it. */
function reachesEngine(path: string): boolean {
  const folder = path.replace(/^\/var\/run(?=\/|$)/, "/run").replace(/\/+$/, "");
  return sockets.some((socket) => socket === folder || socket.startsWith(`${folder}/`));
}

/** The two that may, by name. */
function isException(urn: string, { user = "" }: ContainerInputs, { source, readOnly }: HostMount): boolean {
  switch (parentType(urn)) {
    // The gate to the engine: nothing but the socket.
    case "slipway:observability:Guardian":
      return readOnly && source === "/var/run/docker.sock";
    // It measures the machine's file systems. The socket is for root alone, which it is not.
    case "slipway:observability:NodeExporter":
      return readOnly && source === "/" && /^[1-9][0-9]*:[1-9][0-9]*$/.test(user);
    default:
      return false;
  }
}
