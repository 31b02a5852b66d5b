import type { BackupCommands, Command, DrillCommands } from "../../images/backup/contract";
import { loadExeca } from "../../lib/execa";
import { redacted } from "../../lib/redaction";
import { indented } from "./engine";
import { StepError } from "./step";

export interface CallOptions {
  /** Gets what the service says meanwhile, line by line. */
  readonly onLog?: (line: string) => void;
  /** Seconds; without it as long as it takes. What the service has begun it goes on with. */
  readonly timeout?: number;
}

/** What the service's own program puts before its failure. */
const errorMark = "error: ";

/**
 * Has the backup service in that container do something, after what was asked of it before.
 *
 * @throws {StepError} with the service's message.
 */
export function callBackup<Name extends keyof BackupCommands>(
  container: string,
  command: Name,
  input: InputOf<BackupCommands[Name]>,
  options: CallOptions = {},
): Promise<ResultOf<BackupCommands[Name]>> {
  return call(container, command, input, options);
}

/** As {@link callBackup}, of the drill. */
export function callDrill<Name extends keyof DrillCommands>(
  container: string,
  command: Name,
  input: InputOf<DrillCommands[Name]>,
  options: CallOptions = {},
): Promise<ResultOf<DrillCommands[Name]>> {
  return call(container, command, input, options);
}

type InputOf<C> = C extends Command<infer Input, unknown> ? Input : never;
type ResultOf<C> = C extends Command<unknown, infer Result> ? Result : never;

/** The input may have passwords in it: it goes by standard input, where no list of processes shows it. */
async function call<Result>(
  container: string,
  command: string,
  input: unknown,
  { onLog, timeout }: CallOptions,
): Promise<Result> {
  const { execa } = await loadExeca();
  const running = execa("docker", ["exec", "-i", container, "node", "/opt/backup/cli.mjs", command], {
    input: JSON.stringify(input),
    reject: false,
    ...(timeout !== undefined && { timeout: timeout * 1000 }),
  });
  // From the service's own error on it is the failure's message, which is told once.
  const failure: string[] = [];
  for await (const line of running.iterable({ from: "stderr" })) {
    if (failure.length > 0 || line.startsWith(errorMark)) failure.push(line);
    else onLog?.(redacted(line));
  }
  const { failed, timedOut, exitCode, shortMessage, stdout, stderr } = await running;
  if (timedOut) throw new StepError(`${command} in container ${container} did not end within ${timeout} s`);
  if (exitCode === undefined) throw new StepError(shortMessage ?? `docker exec ${container} was ended`);
  if (failed) {
    const message =
      failure.length > 0
        ? failure.join("\n").slice(errorMark.length)
        : `it was broken off, exit code ${exitCode}: \`docker logs ${container}\` tells why. The last it said:\n${lastOf(stderr)}`;
    throw new StepError(`${command} in container ${container} failed:\n${indented(message)}`);
  }
  try {
    return JSON.parse(stdout) as Result;
  } catch {
    throw new StepError(`${command} in container ${container} gave no JSON:\n${indented(lastOf(stdout))}`);
  }
}

function lastOf(text: string, count = 20): string {
  return text === "" ? "(it printed nothing)" : text.split("\n").slice(-count).join("\n");
}
