import { inspect } from "node:util";
import { loadExeca } from "../lib/execa";
import { redacted } from "../lib/redaction";
import { toolEnvironment } from "../setup/environment";
import { repository } from "../setup/paths";
import { SetupError } from "../setup/step";
import { StepError } from "./steps/step";

/** A mistake of the person at the keyboard, or something that can't be done; printed without a stack trace. */
export class OperationError extends Error {}

/** Runs pulumi on a stack in the foreground: what it prints is shown. Fails when it does. */
export async function runPulumi(stack: string, args: readonly string[]): Promise<void> {
  const { execa } = await loadExeca();
  const { exitCode } = await execa("pulumi", [...args, "--stack", stack], {
    cwd: repository,
    env: toolEnvironment(),
    stdio: "inherit",
    reject: false,
  });
  if (exitCode !== 0) throw new OperationError(`pulumi ${args[0]} failed; its message is above`);
}

/** Runs pulumi on a stack and gives what it prints. The input is for what no list of processes may show. */
export async function readPulumi(stack: string, args: readonly string[], input?: string): Promise<string> {
  const { execa } = await loadExeca();
  const result = await execa("pulumi", [...args, "--stack", stack, "--non-interactive"], {
    cwd: repository,
    env: toolEnvironment(),
    reject: false,
    ...(input === undefined ? { stdin: "ignore" } : { input }),
  });
  if (result.failed) throw new OperationError(`pulumi ${args.join(" ")} --stack ${stack}: ${result.stderr}`);
  return result.stdout;
}

/** Ends the process as the operation does: 0, or 1 with its message. */
export async function operationMain(operation: () => Promise<void>): Promise<void> {
  try {
    await operation();
  } catch (error) {
    const told = [OperationError, SetupError, StepError].some((kind) => error instanceof kind);
    console.error(told ? `error: ${(error as Error).message}` : redacted(inspect(error)));
    process.exitCode = 1;
  }
}
