import type { Process } from "./processes";

/** One check of a process in a container, by what the kernel says of it. */
export interface ProcessCheck {
  readonly name: string;
  /** What is wrong with it; undefined when nothing is. */
  readonly problem: (process: Process, service: string) => string | undefined;
}

const users: Readonly<Record<string, number>> = {
  postgres: 999,
  redis: 999,
  backend: 1000,
  frontend: 1000,
  proxy: 1000,
};
const lowPorts = 0x400n;

export const processChecks: readonly ProcessCheck[] = [
  {
    name: "none runs as root, nor as another service's user",
    problem: ({ uids }, service) =>
      uids.every((uid) => uid === users[service]) ? undefined : uids.join(" "),
  },
  {
    name: "5.3 none has a capability or can ever get one, but the proxy that of low ports",
    problem: ({ bounding, effective }, service) =>
      bounding === (service === "proxy" ? lowPorts : 0n) && (effective & ~bounding) === 0n
        ? undefined
        : `bounding ${bounding.toString(16)}, effective ${effective.toString(16)}`,
  },
  {
    name: "5.6 none is an SSH server",
    problem: ({ commandLine }) => (/sshd|dropbear/.test(commandLine) ? commandLine : undefined),
  },
  {
    name: "5.12 all see their root file system read-only",
    problem: ({ rootOptions }) => (rootOptions.includes("ro") ? undefined : rootOptions.join()),
  },
  {
    name: "5.21 all are under a seccomp filter",
    problem: ({ seccomp }) => (seccomp === 2 ? undefined : `mode ${seccomp}`),
  },
  {
    name: "5.25 none can gain privileges",
    problem: ({ noNewPrivileges }) => (noNewPrivileges ? undefined : "it can"),
  },
];
