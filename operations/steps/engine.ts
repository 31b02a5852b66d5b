import { loadExeca } from "../../lib/execa";
import { redacted } from "../../lib/redaction";

/** What `docker inspect` says of a container, as far as the steps read it. */
export interface Inspection {
  readonly Id: string;
  readonly Name: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    /** ISO 8601. */
    readonly StartedAt: string;
  };
  readonly Config: {
    readonly Healthcheck?: { readonly Test?: readonly string[] };
    readonly Labels: Readonly<Record<string, string>>;
  };
  /** Digest of its image. */
  readonly Image: string;
  readonly Mounts: readonly Mount[];
}

export interface Mount {
  readonly Type: string;
  /** Of a volume; 64 hexadecimal digits for an anonymous one. */
  readonly Name?: string;
  readonly Destination: string;
  /** Whether it can be written to. */
  readonly RW: boolean;
}

/** Runs the docker command and gives its standard output. It fails with what docker said. */
export async function docker(args: readonly string[], input?: string | Uint8Array): Promise<string> {
  const { execa } = await loadExeca();
  const { stdout } = await execa("docker", args, input === undefined ? { stdin: "ignore" } : { input });
  return stdout;
}

/** Whether the docker command succeeds, and what it said. */
export async function attemptDocker(
  args: readonly string[],
  timeout: number,
): Promise<{ readonly succeeded: boolean; readonly said: string }> {
  const { execa } = await loadExeca();
  const { failed, all } = await execa("docker", args, { stdin: "ignore", all: true, reject: false, timeout });
  return { succeeded: !failed, said: all };
}

export async function inspect(container: string): Promise<Inspection> {
  const [inspection] = JSON.parse(await docker(["container", "inspect", container])) as Inspection[];
  if (inspection === undefined) throw new Error(`docker inspect ${container} gave nothing`);
  return inspection;
}

/** The last lines that a container printed, indented for a message. */
export async function lastLines(container: string, count = 20): Promise<string> {
  const { said } = await attemptDocker(["logs", "--tail", String(count), container], 10_000);
  return indented(said === "" ? "(it printed nothing)" : said);
}

/** What a container or a program printed, for a message: indented, and without the secrets in it. */
export function indented(lines: string): string {
  return redacted(lines).replace(/^/gm, "    | ");
}
