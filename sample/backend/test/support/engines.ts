// Real engines of this machine (Debian: apt-get install postgresql redis-server), each in a folder of its own
// under the system's folder for temporary files, on a free loopback port.
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, until } from "./waiting.js";

export interface Engine {
  /** What the tests need to know to reach it. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root; there, the account `nobody` is used. */
const account = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
export const superuserPassword = "only-for-tests";

export async function startPostgres(): Promise<Engine> {
  const folder = temporaryFolder("postgres");
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, superuserPassword, { mode: 0o644 });
  const options = { ...account, cwd: folder, stdio: "ignore" } satisfies SpawnOptions;
  const initdb = ["-D", data, "-U", "postgres", "-A", "scram-sha-256", `--pwfile=${passwordFile}`];
  execFileSync(binary("initdb"), [...initdb, "--no-sync", "--locale=C.UTF-8"], options);
  const port = await freePort();
  const settings = [
    "fsync=off",
    "shared_buffers=32MB",
    "listen_addresses=127.0.0.1",
    `unix_socket_directories=${folder}`,
  ];
  const args = ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])];
  const child = spawn(binary("postgres"), args, options);
  await until(() => canConnect(port), "PostgreSQL takes connections");
  return {
    environment: { TEST_POSTGRES_PORT: String(port) },
    stop: () => stopEngine(child, "SIGINT", folder),
  };
}

export async function startRedis(): Promise<Engine> {
  const folder = temporaryFolder("redis");
  const port = await freePort();
  const args = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--requirepass",
    "only-for-tests",
    "--save",
    "",
  ];
  const child = spawn(binary("redis-server"), args, { ...account, cwd: folder, stdio: "ignore" });
  await until(() => canConnect(port), "Redis takes connections");
  return {
    environment: { TEST_REDIS_PORT: String(port) },
    stop: () => stopEngine(child, "SIGTERM", folder),
  };
}

function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `sample-${name}-`));
  if (account.uid !== undefined) chownSync(folder, account.uid, account.gid);
  return folder;
}

function binary(name: string): string {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian)
    ? readdirSync(debian).map((version) => join(debian, version, "bin"))
    : [];
  const folders = [...(process.env.PATH ?? "").split(":"), ...versions];
  const found = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (!found)
    throw new Error(`${name} is not on this machine; on Debian: apt-get install postgresql redis-server`);
  return found;
}

async function stopEngine(child: ChildProcess, signal: NodeJS.Signals, folder: string): Promise<void> {
  if (child.exitCode === null) {
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await exited;
  }
  rmSync(folder, { recursive: true, force: true });
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
