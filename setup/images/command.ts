import type { Options } from "execa";
import { SetupError } from "../step";

const shownLines = 15;

/**
 * Runs a program and returns what it wrote to standard output.
 *
 * @throws {SetupError} with the last lines of its output, or with what to install when there is no such program.
 */
export async function run(program: string, args: readonly string[], options: Options = {}): Promise<string> {
  const { stdout, failure } = await attempt(program, args, options);
  if (failure !== undefined) throw new SetupError(failure);
  return stdout;
}

export interface Attempt {
  readonly stdout: string;
  /** Standard output and standard error as they came. */
  readonly output: string;
  /** Why it failed, if it did. */
  readonly failure?: string;
}

/** As {@link run}, for what may fail. */
export async function attempt(
  program: string,
  args: readonly string[],
  options: Options = {},
): Promise<Attempt> {
  // execa is an ES module, which CommonJS can only import this way.
  const { execa } = await import("execa");
  const result = await execa(program, args, { stdin: "ignore", ...options, reject: false, all: true });
  const stdout = typeof result.stdout === "string" ? result.stdout : "";
  const output = typeof result.all === "string" ? result.all : "";
  if (!result.failed) return { stdout, output };
  if (result.code === "ENOENT" && result.exitCode === undefined) {
    return { stdout, output, failure: `${program} is needed and not installed` };
  }
  const tail = output.trimEnd().split("\n").slice(-shownLines).join("\n");
  return { stdout, output, failure: `${program} ${args.join(" ")} failed:\n${tail}` };
}
