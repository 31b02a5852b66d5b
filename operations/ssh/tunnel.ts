import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Connection } from "../../lib/host/connection";
import { loginFailure, loginMessage } from "../../lib/host/loginFailure";
import { StepError, sleep } from "../steps/stepError";
import { sshArguments } from "./command";
import { deniedMessage } from "./denied";

/** A Docker engine elsewhere, as a socket on this machine. */
export interface Tunnel {
  /** For DOCKER_HOST. */
  readonly dockerHost: string;
  close(): Promise<void>;
}

const engineSocket = "/var/run/docker.sock";
const ready = "slipway: ready";
const noEngine = "slipway: no engine";
/** Seconds that a connection may take. */
const patience = 60;
/** Seconds that its end may take. */
const grace = 2;
const attempts = 3;
const pause = 1_000;

/**
 * Says that the forwarding is there, which ssh sets up before it runs anything, and ends when its input does: so the
 * tunnel ends with this process, however that ends.
 */
const wait = `[ -w ${engineSocket} ] || { echo "${noEngine}" >&2; exit 3; }; echo "${ready}"; exec cat > /dev/null`;

/** Runs ssh and removes its folder when it has ended, which a process that is killed couldn't do itself. */
const supervise =
  'trap : HUP INT TERM; folder=$1; shift; ssh "$@"; code=$?; rm -rf -- "$folder"; exit "$code"';

/**
 * Opens a tunnel to the engine of the machine. It is there until it is closed or this process ends.
 *
 * @throws {StepError} with what to do.
 */
export async function openTunnel(connection: Connection): Promise<Tunnel> {
  for (let attempt = 1; ; attempt++) {
    const result = await tryTunnel(connection);
    if ("tunnel" in result) return result.tunnel;
    const { said } = result;
    // A machine that is busy drops connections, which doesn't mean that it is gone.
    const passes = loginFailure(said) === "unreachable" && !said.includes(noEngine);
    if (!passes || attempt === attempts) throw new StepError(await failure(connection, said));
    await sleep(attempt * pause);
  }
}

async function tryTunnel(
  connection: Connection,
): Promise<{ readonly tunnel: Tunnel } | { readonly said: string }> {
  // Readable by its owner alone.
  const folder = await mkdtemp(join(tmpdir(), "slipway-"));
  const socket = join(folder, "docker.sock");
  const forward = ["-o", "ExitOnForwardFailure=yes", "-L", `${socket}:${engineSocket}`];
  const args = [...sshArguments(connection, ...forward), `exec sh -c '${wait}'`];
  // A group of its own: who presses Ctrl-C ends an operation, which may have to clear up by way of the tunnel.
  const child = spawn("sh", ["-c", supervise, "sh", folder, ...args], { detached: true, stdio: "pipe" });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += String(chunk);
  });
  const open = await Promise.race([
    new Promise<boolean>((resolve) => {
      createInterface(child.stdout).on("line", (line) => line === ready && resolve(true));
    }),
    ended.then(() => false),
    new Promise<boolean>((resolve) => setTimeout(resolve, patience * 1000, false).unref()),
  ]);
  if (open) {
    // It keeps this process no longer than its own work does.
    child.unref();
    for (const stream of child.stdio) if (stream instanceof Socket) stream.unref();
    return { tunnel: { dockerHost: `unix://${socket}`, close: () => closed(child, ended) } };
  }
  await closed(child, ended);
  return { said };
}

async function failure(connection: Connection, said: string): Promise<string> {
  const { user, address } = connection;
  if (said.includes(noEngine)) {
    return [
      `The machine at ${address} has no Docker engine that ${user} reaches.`,
      `  What to do: \`ssh ${user}@${address} sudo systemctl status docker\` says why; mend it and try again.`,
    ].join("\n");
  }
  const reason = loginFailure(said);
  if (reason === "denied") return deniedMessage({ ...connection, users: [user] });
  return loginMessage(reason, connection, said);
}

/** Waits for the end, but not for that of a connection that hangs. */
async function closed(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.stdin?.end();
  let hangs: NodeJS.Timeout | undefined;
  const broken = new Promise<void>((resolve) => {
    hangs = setTimeout(() => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
      resolve();
    }, grace * 1000);
  });
  await Promise.race([ended, broken]);
  clearTimeout(hangs);
}
