import { loadExeca } from "../../lib/execa";
import { type Connection, sshOptions } from "../../lib/host/connection";
import { StepError } from "../steps/stepError";

export interface SshOptions {
  readonly input?: string | Uint8Array;
  /** Gets what the command prints, on either output, line by line. */
  readonly onLine?: (line: string) => void;
  /** Seconds; then ssh is ended. What runs on the machine may go on. */
  readonly timeout: number;
}

export interface SshResult {
  /** Whether the machine was reached and logged in to; the command itself may have failed. */
  readonly loggedIn: boolean;
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** What ssh ends with when it can't log in or loses the connection. */
const ownFailure = 255;

/**
 * Arguments of ssh up to the machine's address. The first value of an option counts, so what is put before others wins
 * over them. The connection is one of its own: one that is shared would keep the groups and the host key of the time when
 * it was made, and preparing a machine changes both.
 */
export function sshArguments(connection: Connection, ...more: readonly string[]): string[] {
  const { address, port, user } = connection;
  return [
    ...more,
    ...["-T", "-o", "ControlMaster=no", "-o", "ControlPath=none"],
    // Whatever the user has set: by what it says at this level, failures are told apart.
    ...["-o", "LogLevel=INFO", ...sshOptions(connection)],
    ...["-p", String(port), "-l", user, "--", address],
  ];
}

/** Runs a command on the machine, which its user's shell reads. */
export async function ssh(
  connection: Connection,
  command: string,
  { input, onLine, timeout }: SshOptions,
): Promise<SshResult> {
  const { execa } = await loadExeca();
  // Where people read along, the machine's banner would stand among what the command prints.
  const more = onLine === undefined ? [] : ["-o", "LogLevel=ERROR"];
  const running = execa("ssh", [...sshArguments(connection, ...more), command], {
    all: true,
    reject: false,
    timeout: timeout * 1000,
    ...(input === undefined ? { stdin: "ignore" } : { input }),
  });
  if (onLine !== undefined) for await (const line of running.iterable({ from: "all" })) onLine(line);
  const { exitCode, stdout, stderr, code } = await running;
  if (code === "ENOENT") throw new StepError("ssh is missing on this machine: install OpenSSH's client");
  return { loggedIn: exitCode !== undefined && exitCode !== ownFailure, exitCode, stdout, stderr };
}
