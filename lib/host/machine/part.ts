import type { PreparedFile } from "../preparation";

/** One concern of a machine's preparation: a step of the script. */
export interface Part {
  /** A word, the name of its function in the script. */
  readonly name: string;
  /** What a person who waits reads when the step begins. */
  readonly summary: string;
  readonly packages?: readonly string[];
  /** Refuses what can't work, before anything of the step is changed. Bash. */
  readonly check?: string;
  readonly files?: readonly MachineFile[];
  /** What is to be done once the files are in place. Bash, in a function that runs with `set -e`. */
  readonly script?: string;
}

export interface MachineFile extends PreparedFile {
  /** What is to be settled when the content changes: a name that the script hands to `settle`. */
  readonly concerns?: string;
}

/** A file that root owns and everybody may read. */
export function file(path: string, lines: readonly string[], concerns?: string): MachineFile {
  const content = `${lines.join("\n")}\n`;
  return { path, mode: "0644", content, ...(concerns === undefined ? {} : { concerns }) };
}

/** A word of a shell command. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
