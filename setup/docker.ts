import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, openSync, readFileSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { attempt, run } from "./images/command";
import { dataFolder } from "./paths";
import { runStep, SetupError, type Step } from "./step";
import { aptInstall, canUseApt, isDebian } from "./toolchain/apt";

/** Sees to it that a Docker engine runs. */
export async function setUpDocker(): Promise<void> {
  await runStep(dockerStep());
}

/**
 * The Docker engine. One that runs is used, wherever DOCKER_HOST or the docker context says it is; on Debian and Ubuntu
 * as root it is installed and started; anywhere else the message says what to do.
 */
export function dockerStep(): Step {
  return {
    title: "Docker engine",
    async done() {
      return (await engineFailure()) === undefined;
    },
    async run() {
      const failure = await engineFailure();
      if (failure === undefined) return;
      const advice = await obstacle(failure);
      if (advice !== undefined) throw new SetupError(`No Docker engine answers.\n${failure}\n${advice}`);
      if (!(await hasDaemon())) await install();
      await start();
    },
  };
}

/** Why no engine answers, or undefined when one does. */
async function engineFailure(): Promise<string | undefined> {
  // Through the client, which knows DOCKER_HOST, contexts, certificates and ssh.
  const { failure } = await attempt("docker", ["info", "--format", "{{.ServerVersion}}"], {
    timeout: 15_000,
  });
  return failure;
}

/** What the user has to do, or undefined when the engine can be installed and started here. */
async function obstacle(failure: string): Promise<string | undefined> {
  const { DOCKER_HOST: host, DOCKER_CONTEXT: context } = process.env;
  const elsewhere = host ?? context ?? contextHost();
  if (elsewhere !== undefined) {
    return `You have chosen the engine at ${elsewhere}: start it, or choose another (DOCKER_HOST, docker context use).`;
  }
  if (/permission denied/i.test(failure)) {
    return `Let your user talk to it, then log in again: sudo usermod -aG docker ${userInfo().username}`;
  }
  if (process.platform !== "linux")
    return "Start Docker Desktop, or what you use in its place, and try again.";
  if (userInfo().uid === 0 && ((await hasDaemon()) || (await canUseApt()))) return undefined;
  if (await hasDaemon()) return "Start it: sudo systemctl start docker";
  if (await isDebian()) return "Install it: sudo apt-get install docker.io";
  return "Install it: https://docs.docker.com/engine/install/";
}

async function hasDaemon(): Promise<boolean> {
  return (await attempt("dockerd", ["--version"])).failure === undefined;
}

async function install(): Promise<void> {
  // Docker's own client and Debian's engine would both bring /usr/bin/docker: keep to the one source.
  const own = await attempt("dpkg-query", ["--show", "docker-ce-cli"]);
  await aptInstall(...(own.failure === undefined ? ["docker-ce", "containerd.io"] : ["docker.io"]));
}

async function start(): Promise<void> {
  // Installing it may have started it already.
  if (await answersWithin(2)) return;
  if (existsSync("/run/systemd/system")) {
    await run("systemctl", ["enable", "--now", "docker"]);
    if (await answersWithin(60)) return;
    const { output } = await attempt("journalctl", ["--unit=docker", "--lines=20", "--no-pager"]);
    throw new SetupError(`The Docker engine was started and doesn't answer. Its log ends with:\n${output}`);
  }
  await startDetached();
}

/** Without systemd, as in a container or a small virtual machine: a process of its own that outlives this one. */
async function startDetached(): Promise<void> {
  const log = join(dataFolder(), "dockerd.log");
  await mkdir(dataFolder(), { recursive: true });
  // Not by execa: its files are fed through this process, and the log has to go on when this process has ended.
  const file = openSync(log, "a");
  const daemon = spawn("dockerd", { detached: true, stdio: ["ignore", file, file] });
  daemon.unref();
  let ended = false;
  daemon.once("exit", () => {
    ended = true;
  });
  if (await answersWithin(60, () => ended)) return;
  const lines = (await readFile(log, "utf8")).trimEnd().split("\n").slice(-20).join("\n");
  const what = ended ? "ended" : "doesn't answer";
  throw new SetupError(`dockerd was started and ${what}. Its log, ${log}, ends with:\n${lines}`);
}

/** Whether the engine answers in time. Once `hopeless`, it is asked a last time: another one may be up. */
async function answersWithin(seconds: number, hopeless: () => boolean = () => false): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  for (let last = false; !last; await sleep(500)) {
    last = hopeless() || Date.now() > end;
    if ((await engineFailure()) === undefined) return true;
  }
  return false;
}

/**
 * The address of the engine that `docker context use` has chosen, as DOCKER_HOST would have it. Undefined where that
 * is the default, where DOCKER_HOST or DOCKER_CONTEXT decides, and where certificates are needed besides.
 */
export function contextHost(environment = process.env): string | undefined {
  if (environment.DOCKER_HOST !== undefined || environment.DOCKER_CONTEXT !== undefined) return undefined;
  const folder = environment.DOCKER_CONFIG ?? join(homedir(), ".docker");
  const name = readJson(join(folder, "config.json"))?.currentContext;
  if (typeof name !== "string" || name === "default") return undefined;
  const id = createHash("sha256").update(name).digest("hex");
  const meta = readJson(join(folder, "contexts", "meta", id, "meta.json"));
  const host = (meta?.Endpoints as { docker?: { Host?: string } } | undefined)?.docker?.Host;
  return host !== undefined && /^(unix|ssh|npipe):/.test(host) ? host : undefined;
}

function readJson(file: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
