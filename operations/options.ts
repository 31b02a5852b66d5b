import { createInterface } from "node:readline/promises";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { OperationError } from "./pulumi";

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * The options that a command was called with.
 *
 * @throws {OperationError} with the usage for one that it doesn't have.
 */
export function readOptions<T extends Options>(usage: string, options: T) {
  try {
    return parseArgs({ options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new OperationError(`${error instanceof Error ? error.message : error}\nusage: ${usage}`);
  }
}

/** Asks before something is done. Without a terminal only `--yes` is a yes. */
export async function confirm(question: string, yes: boolean | undefined): Promise<void> {
  if (yes === true) return;
  if (!process.stdin.isTTY)
    throw new OperationError(`${question} There is no terminal to ask on: say --yes.`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new OperationError("nothing was changed");
}
