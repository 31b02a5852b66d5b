import { delimiter } from "node:path";
import { toolVariables } from "./environment";

/** One line for a POSIX shell to evaluate, whatever is in the value. */
export function exportLine(name: string, value: string): string {
  // The shell's own PATH goes on: npm has put folders into this process's that are none of the shell's business.
  if (name === "PATH") return `export PATH=${quoted(value.split(delimiter)[0] ?? "")}":$PATH"`;
  return `export ${name}=${quoted(value)}`;
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

if (require.main === module) {
  for (const [name, value] of Object.entries(toolVariables())) console.log(exportLine(name, value));
}
