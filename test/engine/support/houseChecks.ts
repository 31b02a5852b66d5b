import { bad, type HardeningCheck } from "./hardeningCheck";

/** What Slipway asks of a container's settings besides. */
export const houseChecks: readonly HardeningCheck[] = [
  {
    title: "it runs as a user that is not root, by number",
    problem: ({ Config: { User } }) => bad(!/^[1-9][0-9]*:[1-9][0-9]*$/.test(User), User),
  },
  {
    title: "the kernel's files are hidden from it",
    problem: ({ HostConfig: { MaskedPaths, ReadonlyPaths } }) =>
      bad(!MaskedPaths?.includes("/proc/kcore") || !ReadonlyPaths?.includes("/proc/sys"), "they are not"),
  },
  {
    title: "the kernel may end it when memory runs out, as any other",
    problem: ({ HostConfig: { OomKillDisable, OomScoreAdj } }) =>
      bad(OomKillDisable === true || OomScoreAdj < 0, { OomKillDisable, OomScoreAdj }),
  },
  {
    title: "folders in memory hold no programs and have a size",
    problem: ({ HostConfig: { Tmpfs = {} } }) => {
      const loose = Object.entries(Tmpfs).filter(
        ([, options]) =>
          !/^rw,noexec,nosuid,nodev,size=[0-9]+m,uid=[1-9][0-9]*,gid=[1-9][0-9]*$/.test(options),
      );
      return bad(Object.keys(Tmpfs).length === 0 || loose.length > 0, Tmpfs);
    },
  },
  {
    title: "its log can't fill the disk",
    problem: ({ HostConfig: { LogConfig } }) => {
      const { "max-size": size, "max-file": files } = LogConfig.Config;
      return bad(LogConfig.Type !== "json-file" || size !== "10m" || files !== "3", LogConfig);
    },
  },
  {
    title: "a process of its own passes signals on and clears away the dead",
    problem: ({ HostConfig: { Init } }) => bad(Init !== true, "no init"),
  },
];
