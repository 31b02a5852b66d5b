import { text } from "node:stream/consumers";
import { redacted } from "../../lib/redaction";
import { reachMachine } from "../ssh/reachMachine";
import { StepError, sleep } from "./stepError";

export { StepError, sleep };

/**
 * Runs a step of an update: its input is JSON on standard input, its result JSON on standard output. A failure says on
 * standard error what to do, and ends with exit code 1.
 */
export async function stepMain<Input>(step: (input: Input) => Promise<unknown>): Promise<void> {
  try {
    await reachEngine();
    const result = await step(JSON.parse(await text(process.stdin)) as Input);
    process.stdout.write(JSON.stringify(result));
  } catch (error) {
    // What nobody has foreseen may have anything of a command in it.
    const message =
      error instanceof StepError
        ? error.message
        : redacted(String(error instanceof Error ? error.stack : error));
    process.stderr.write(`${message}\n`);
    process.exitCode = 1;
  }
}

/** The engine is this machine's own, or the one that the host's environment names. */
async function reachEngine(): Promise<void> {
  const { SLIPWAY_ENGINE: connection } = process.env;
  if (connection === undefined) return;
  await reachMachine(JSON.parse(connection));
}
