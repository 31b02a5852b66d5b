import { basename } from "node:path";
import { bad, bindings, type HardeningCheck, isJob, option, same } from "./hardeningCheck";
import { serviceOf } from "./inspection";

/** All else is dropped. */
const capabilities: Readonly<Record<string, readonly string[]>> = {
  // The official image's binary carries it as a file capability, and doesn't start where it is forbidden.
  proxy: ["CAP_NET_BIND_SERVICE"],
  // Files in volumes are readable to their owners alone.
  backup: ["CAP_DAC_READ_SEARCH"],
};

/** What docker-bench-security asks of a container's settings. */
export const benchmarkChecks: readonly HardeningCheck[] = [
  {
    number: "5.1",
    title: "the AppArmor profile is on, where the engine has AppArmor",
    problem: (one, engine) =>
      bad(option(one, "apparmor") !== undefined, option(one, "apparmor")) ??
      bad(engine.appArmor && one.AppArmorProfile !== "docker-default", one.AppArmorProfile),
  },
  {
    number: "5.2",
    title: "SELinux labels are not turned off",
    problem: (one) => bad(option(one, "label") !== undefined, option(one, "label")),
  },
  {
    number: "5.3",
    title: "capabilities: all dropped, those that the work needs added",
    problem: (one) => {
      const { CapAdd, CapDrop } = one.HostConfig;
      const allowed = capabilities[serviceOf(one)] ?? [];
      return bad(!same(CapDrop ?? [], ["ALL"]) || !same(CapAdd ?? [], allowed), { CapAdd, CapDrop });
    },
  },
  {
    number: "5.4",
    title: "not privileged",
    problem: ({ HostConfig: { Privileged } }) => bad(Privileged, "it is"),
  },
  {
    number: "5.5",
    title: "no folder of the host is mounted: only volumes, in their place",
    problem: ({ Mounts, HostConfig: { Binds } }) => {
      const fromHost = Mounts.filter(({ Type }) => Type !== "volume").map(({ Source }) => Source);
      const binds = (Binds ?? []).filter((bind) => bind.startsWith("/"));
      return bad(fromHost.length + binds.length > 0, [...fromHost, ...binds]);
    },
  },
  {
    number: "5.7",
    title: "no privileged port of the host is taken, but 80 and 443 for the proxy",
    problem: (one) => {
      const allowed = serviceOf(one) === "proxy" ? [80, 443] : [];
      const taken = bindings(one).map(({ HostPort }) => Number(HostPort));
      return bad(
        taken.some((port) => port < 1024 && !allowed.includes(port)),
        taken,
      );
    },
  },
  {
    number: "5.8",
    title: "no port is published, but by the proxy",
    problem: (one) => {
      const { PortBindings, PublishAllPorts } = one.HostConfig;
      return bad(PublishAllPorts || (serviceOf(one) !== "proxy" && bindings(one).length > 0), PortBindings);
    },
  },
  {
    number: "5.9",
    title: "not in the host's network",
    problem: ({ HostConfig: { NetworkMode } }) =>
      bad(NetworkMode !== "bridge" && NetworkMode !== "none", NetworkMode),
  },
  {
    number: "5.10",
    title: "memory is limited, swap is not on top of it",
    problem: ({ HostConfig: { Memory, MemorySwap } }) =>
      bad(Memory === 0 || MemorySwap !== Memory, { Memory, MemorySwap }),
  },
  {
    number: "5.11",
    title: "CPU is limited",
    problem: ({ HostConfig: { NanoCpus } }) => bad(NanoCpus === 0, "no limit"),
  },
  {
    number: "5.12",
    title: "the root file system is read-only",
    problem: ({ HostConfig: { ReadonlyRootfs } }) => bad(!ReadonlyRootfs, "it can be written"),
  },
  {
    number: "5.13",
    title: "published ports name their interface; the proxy's are for everybody",
    problem: (one) =>
      bad(
        bindings(one).some(({ HostIp }) => HostIp !== (serviceOf(one) === "proxy" ? "0.0.0.0" : "127.0.0.1")),
        bindings(one),
      ),
  },
  {
    number: "5.14",
    // The benchmark asks for "on-failure", which leaves a service down after five crashes and after a reboot.
    title: "it is not started again for ever once somebody stopped it; a job never is",
    problem: (one) => {
      const { Name } = one.HostConfig.RestartPolicy;
      return bad(Name !== (isJob(one) ? "no" : "unless-stopped"), Name);
    },
  },
  {
    number: "5.15",
    title: "not among the host's processes",
    problem: ({ HostConfig: { PidMode } }) => bad(PidMode !== "", PidMode),
  },
  {
    number: "5.16",
    title: "shared memory of its own",
    problem: ({ HostConfig: { IpcMode } }) => bad(IpcMode !== "private", IpcMode),
  },
  {
    number: "5.17",
    title: "no device of the host",
    problem: ({ HostConfig: { Devices, DeviceRequests } }) =>
      bad((Devices ?? []).length + (DeviceRequests ?? []).length > 0, { Devices, DeviceRequests }),
  },
  {
    number: "5.18",
    title: "the engine's limits on open files and processes are not lifted",
    problem: ({ HostConfig: { Ulimits } }) => bad((Ulimits ?? []).length > 0, Ulimits),
  },
  {
    number: "5.19",
    title: "mounts are not propagated to the host",
    problem: ({ Mounts }) =>
      bad(
        Mounts.some(({ Propagation }) => Propagation.includes("shared")),
        Mounts,
      ),
  },
  {
    number: "5.20",
    title: "a host name of its own",
    problem: ({ HostConfig: { UTSMode } }) => bad(UTSMode !== "", UTSMode),
  },
  {
    number: "5.21",
    title: "the engine's seccomp profile is on",
    problem: (one) => bad(option(one, "seccomp") !== undefined, option(one, "seccomp")),
  },
  {
    number: "5.24",
    title: "in the engine's own control group",
    problem: ({ HostConfig: { CgroupParent } }) => bad(CgroupParent !== "", CgroupParent),
  },
  {
    number: "5.25",
    title: "it can't gain privileges",
    problem: (one) =>
      bad(!(one.HostConfig.SecurityOpt ?? []).includes("no-new-privileges:true"), one.HostConfig.SecurityOpt),
  },
  {
    number: "5.26",
    title: "its health is checked, unless it runs once",
    problem: (one) => {
      const { Test = [], Interval, Timeout } = one.Config.Healthcheck ?? {};
      const complete =
        Test.length > 1 && Test[0] !== "NONE" && Interval !== undefined && Timeout !== undefined;
      return bad(!isJob(one) && !complete, "no health check");
    },
  },
  {
    number: "5.27",
    title: "its image has a fixed tag or a digest",
    problem: ({ Config: { Image } }) =>
      bad(!/[@:]/.test(basename(Image)) || Image.endsWith(":latest"), Image),
  },
  {
    number: "5.28",
    title: "the number of processes is limited",
    problem: ({ HostConfig: { PidsLimit } }) =>
      bad((PidsLimit ?? 0) <= 0 || (PidsLimit ?? 0) > 512, PidsLimit),
  },
  {
    number: "5.29",
    title: "not in the engine's default network",
    problem: ({ NetworkSettings: { Networks } }) => bad("bridge" in Networks, Object.keys(Networks)),
  },
  {
    number: "5.30",
    title: "not in the host's user namespace against the engine's setting",
    problem: ({ HostConfig: { UsernsMode } }) => bad(UsernsMode !== "", UsernsMode),
  },
  {
    number: "5.31",
    title: "the engine's socket is not in it",
    problem: ({ Mounts }) =>
      bad(
        Mounts.some(({ Source, Destination }) =>
          [Source, Destination].some((path) => path.includes("docker.sock")),
        ),
        Mounts,
      ),
  },
];
