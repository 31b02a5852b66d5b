import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { loadExeca } from "../../../lib/execa";

/** Another one for an engine beside the machine's own, which DOCKER_HOST then names. */
const pidFile = process.env.SLIPWAY_TEST_ENGINE_PID_FILE ?? "/var/run/docker.pid";
const patience = 120_000;

/** Why the engine must not be restarted by a test here; undefined when it may. */
export function engineIsShared(): string | undefined {
  const { CI, SLIPWAY_TEST_ENGINE_RESTART: asked } = process.env;
  if (asked === "1" || CI === "true") return undefined;
  return "others may use this machine's engine: set SLIPWAY_TEST_ENGINE_RESTART=1, or CI=true, where nobody does";
}

/** Restarts the engine as a reboot does: every container ends, and those that run for good come back by themselves. */
export async function restartEngine(): Promise<void> {
  if (existsSync("/run/systemd/system")) await command("systemctl", "restart", "docker");
  else await restartProcess();
  await until(async () => (await command("docker", "info")) === 0);
}

/** Without systemd: the same command line again. */
async function restartProcess(): Promise<void> {
  const pid = Number(await readFile(pidFile, "utf8"));
  const [program = "", ...args] = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0").slice(0, -1);
  process.kill(pid, "SIGTERM");
  await until(async () => !existsSync(`/proc/${pid}`));
  spawn(program, args, { detached: true, stdio: "ignore" }).unref();
}

async function command(program: string, ...args: readonly string[]): Promise<number | undefined> {
  const { execa } = await loadExeca();
  return (await execa(program, args, { reject: false, stdin: "ignore" })).exitCode;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error("the engine did not come back");
    await sleep(200);
  }
}
