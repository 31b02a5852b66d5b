import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadExeca } from "../../lib/execa";
import type { Blueprint } from "./blueprint";
import { type ComposeOptions, composeFile } from "./composeFile";
import { seconds } from "./stopwatch";

const project = "slipway-bench-compose";

/** Runs the blueprints with `docker compose`. */
export class Compose {
  private constructor(
    readonly version: string,
    private readonly folder: string,
    private readonly blueprints: readonly Blueprint[],
  ) {}

  /** Undefined where the engine's command line has no compose that can wait (version 2 or later). */
  static async find(folder: string, blueprints: readonly Blueprint[]): Promise<Compose | undefined> {
    const { execa } = await loadExeca();
    const { failed, stdout } = await execa("docker", ["compose", "version", "--short"], { reject: false });
    return failed ? undefined : new Compose(stdout.trim(), folder, blueprints);
  }

  /** Seconds that `up --wait` takes. */
  async up(options: ComposeOptions = {}): Promise<number> {
    await writeFile(this.file, composeFile(this.blueprints, options), { mode: 0o600 });
    return seconds(() => this.run("up", "--detach", "--wait", "--wait-timeout", "120"));
  }

  /** Takes all down, data included. */
  async down(): Promise<void> {
    await this.run("down", "--volumes", "--timeout", "1");
  }

  private get file(): string {
    return join(this.folder, "compose.yaml");
  }

  private async run(...args: readonly string[]): Promise<void> {
    const { execa } = await loadExeca();
    await execa("docker", ["compose", "--project-name", project, "--file", this.file, ...args], {
      stdin: "ignore",
    });
  }
}
