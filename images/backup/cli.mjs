// @ts-check
import { reasonOf } from "./errors.mjs";
import { ask } from "./socket.mjs";

/**
 * `node cli.mjs <command>`: asks the service in the same container. The input is JSON on standard input, nothing of it
 * is `{}`; the result is JSON on standard output.
 */
async function main() {
  const [command, ...rest] = process.argv.slice(2);
  if (command === undefined || rest.length > 0)
    throw new Error("Usage: node cli.mjs <command>, with its input as JSON on standard input");
  const result = await ask(command, await readInput(), (line) => process.stderr.write(`${line}\n`));
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** @returns {Promise<unknown>} */
async function readInput() {
  if (process.stdin.isTTY) return {};
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk;
  try {
    return text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    // Without a word of it: it may have a password.
    throw new Error(`The input is no JSON, ${text.length} characters`);
  }
}

main().catch((error) => {
  // The mark tells those who ask where the lines that were logged end.
  process.stderr.write(`error: ${reasonOf(error)}\n`);
  process.exitCode = 1;
});
