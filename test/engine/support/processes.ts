import { readFile } from "node:fs/promises";
import { docker } from "../harness/engine";

/** What the kernel says of a process in a container. */
export interface Process {
  readonly commandLine: string;
  /** Real, effective, saved and of the file system; each once. */
  readonly uids: readonly number[];
  readonly effective: bigint;
  /** Capabilities that it or a program that it starts could get. */
  readonly bounding: bigint;
  /** 2 is a filter. */
  readonly seccomp: number;
  readonly noNewPrivileges: boolean;
  /** Options of its root file system's mount. */
  readonly rootOptions: readonly string[];
}

/** All processes of a container, by the files of the kernel: the engine must be this machine's. */
export async function processesOf(container: string): Promise<readonly Process[]> {
  const [, ...lines] = (await docker("container", "top", container, "-eo", "pid")).split("\n");
  const found = await Promise.all(lines.map((line) => processOf(Number(line.trim()))));
  return found.flatMap((process) => process ?? []);
}

async function processOf(pid: number): Promise<Process | undefined> {
  try {
    const [status, mounts, commandLine] = await Promise.all(
      ["status", "mounts", "cmdline"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8")),
    );
    const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status ?? "")?.[1] ?? "";
    return {
      commandLine: (commandLine ?? "").replaceAll("\0", " ").trim(),
      uids: [...new Set(field("Uid").split(/\s+/).map(Number))],
      effective: BigInt(`0x${field("CapEff")}`),
      bounding: BigInt(`0x${field("CapBnd")}`),
      seccomp: Number(field("Seccomp")),
      noNewPrivileges: field("NoNewPrivs") === "1",
      rootOptions: /^\S+ \/ \S+ (\S+)/m.exec(mounts ?? "")?.[1]?.split(",") ?? [],
    };
  } catch (error) {
    // A health check that has just ended.
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
