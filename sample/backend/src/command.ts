import { ConfigError } from "./config.js";

/** A failure whose message says all there is to say; printed without a stack trace. */
export class CommandError extends Error {}

/** Runs a one-shot program: exit code 0, or 1 with the reason on stderr. */
export async function runCommand(main: () => Promise<void>): Promise<void> {
  // As process 1 of a container it would not react to SIGTERM without a handler of its own.
  process.once("SIGTERM", () => process.exit(143));
  await exitOnFailure(main);
}

/** Exit code 1 with the reason on stderr when `main` fails. */
export async function exitOnFailure(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const expected = error instanceof CommandError || error instanceof ConfigError;
    console.error(expected ? error.message : error);
    process.exit(1);
  }
}
