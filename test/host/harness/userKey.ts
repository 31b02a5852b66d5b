import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadExeca } from "../../../lib/execa";

/** The key that a person logs in with, held by an agent of its own. */
export class UserKey {
  private constructor(
    /** `ssh-ed25519 AAAA… tester` */
    readonly publicKey: string,
    /** What ssh needs in its environment to use this key. */
    readonly environment: { readonly SSH_AUTH_SOCK: string },
    private readonly folder: string,
    private readonly agent: ChildProcess,
  ) {}

  static async create(): Promise<UserKey> {
    const { execa } = await loadExeca();
    const folder = await mkdtemp(join(tmpdir(), "slipway-host-key-"));
    const file = join(folder, "key");
    const environment = { SSH_AUTH_SOCK: join(folder, "agent") };
    await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "tester", "-f", file]);
    const agent = spawn("ssh-agent", ["-D", "-a", environment.SSH_AUTH_SOCK], { stdio: "ignore" });
    process.once("exit", () => agent.kill());
    for (let tries = 0; ; tries++) {
      const { failed, all } = await execa("ssh-add", ["-q", file], {
        env: environment,
        reject: false,
        all: true,
      });
      if (!failed) break;
      if (tries > 50) throw new Error(`the agent doesn't take the key: ${all}`);
      await sleep(50);
    }
    return new UserKey((await readFile(`${file}.pub`, "utf8")).trim(), environment, folder, agent);
  }

  async remove(): Promise<void> {
    this.agent.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}
