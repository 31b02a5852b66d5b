import { loadExeca } from "../../../lib/execa";

/** What `docker inspect` says of a container, as far as the tests read it. */
export interface Inspection {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";
    readonly Running: boolean;
    readonly StartedAt: string;
    readonly ExitCode: number;
    readonly Health?: { readonly Status: "starting" | "healthy" | "unhealthy" };
  };
  readonly Config: {
    readonly Image: string;
    readonly User: string;
    readonly Env: readonly string[] | null;
    readonly Labels: Readonly<Record<string, string>>;
    readonly Healthcheck?: { readonly Test?: readonly string[] };
  };
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Destination: string;
    readonly RW: boolean;
  }[];
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>>;
  };
}

const stackLabel = "slipway.stack";

/** Runs the docker command against one engine and gives its standard output. */
export type Docker = (...args: readonly string[]) => Promise<string>;

/** Of this machine's engine. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { execa } = await loadExeca();
  const { stdout } = await execa("docker", args, { stdin: "ignore" });
  return stdout;
}

/** Every container of a stack, also those that have ended. */
export async function containersOf(stack: string, engine: Docker = docker): Promise<readonly Inspection[]> {
  const command = ["container", "ls", "--all", "--no-trunc", "--quiet", ...ofStack(stack)];
  const ids = lines(await engine(...command));
  if (ids.length === 0) return [];
  const inspected = await engine("container", "inspect", ...ids).catch((error: { stdout?: unknown }) => {
    // One that is being deleted may have gone since: docker then gives the others.
    if (typeof error.stdout === "string") return error.stdout;
    throw error;
  });
  return JSON.parse(inspected === "" ? "[]" : inspected) as Inspection[];
}

/** Names of the volumes of a stack that have one. */
export function volumesOf(stack: string): Promise<string[]> {
  return listed("volume", "ls", ...ofStack(stack));
}

export function networksOf(stack: string): Promise<string[]> {
  return listed("network", "ls", "--no-trunc", ...ofStack(stack));
}

/** Removes all that a stack has on the engine, its data included. */
export async function removeStack(stack: string): Promise<void> {
  const kinds = [
    ["container", await listed("container", "ls", "--all", ...ofStack(stack)), "--force", "--volumes"],
    ["network", await networksOf(stack)],
    ["volume", await volumesOf(stack)],
  ] as const;
  for (const [kind, names, ...options] of kinds) {
    if (names.length > 0) await docker(kind, "rm", ...options, ...names);
  }
}

function ofStack(stack: string): string[] {
  return ["--filter", `label=${stackLabel}=${stack}`];
}

async function listed(...command: readonly string[]): Promise<string[]> {
  return lines(await docker(...command, "--quiet"));
}

function lines(output: string): string[] {
  return output.split("\n").filter((line) => line !== "");
}
