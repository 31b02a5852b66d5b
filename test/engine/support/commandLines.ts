import { readdirSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { loadExeca } from "../../../lib/execa";

const interval = 20;

/** The command lines of all processes of this machine, containers included, looked at fifty times a second. */
export class CommandLines {
  private readonly seen = new Set<string>();
  private readonly timer = setInterval(() => this.look(), interval);

  /** Each once. */
  stop(): readonly string[] {
    clearInterval(this.timer);
    this.look();
    return [...this.seen];
  }

  private look(): void {
    for (const entry of readdirSync("/proc")) {
      if (!/^[0-9]+$/.test(entry) || entry === String(process.pid)) continue;
      try {
        this.seen.add(readFileSync(`/proc/${entry}/cmdline`, "utf8").replaceAll("\0", " "));
      } catch {
        // It has ended meanwhile.
      }
    }
  }
}

/**
 * Writes down every call of the docker command that anything on PATH makes, also those that are too short to be seen
 * among the processes.
 */
export class DockerCalls {
  private constructor(
    private readonly folder: string,
    private readonly path: string,
  ) {}

  static async record(): Promise<DockerCalls> {
    const { execa } = await loadExeca();
    const { stdout: docker } = await execa("sh", ["-c", "command -v docker"]);
    const folder = await mkdtemp(join(tmpdir(), "slipway-docker-calls-"));
    const script = ["#!/bin/sh", `printf '%s\\n' "$*" >> '${folder}'/$$.call`, `exec '${docker}' "$@"`, ""];
    await writeFile(join(folder, "docker"), script.join("\n"));
    await chmod(join(folder, "docker"), 0o755);
    const path = process.env.PATH ?? "";
    process.env.PATH = `${folder}${delimiter}${path}`;
    return new DockerCalls(folder, path);
  }

  /** The arguments of each call, separated by spaces. */
  async stop(): Promise<readonly string[]> {
    process.env.PATH = this.path;
    const files = (await readdir(this.folder)).filter((name) => name.endsWith(".call"));
    const calls = await Promise.all(files.map((name) => readFile(join(this.folder, name), "utf8")));
    await rm(this.folder, { recursive: true, force: true });
    return calls.map((call) => call.trimEnd());
  }
}
