import { type ChildProcess, spawn } from "node:child_process";

/** How a program ended. */
export interface Outcome {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

export interface CommandOptions {
  readonly cwd: string;
  /** All of its environment: nothing of this process's is added. */
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds; then it is killed. @default 10 minutes */
  readonly timeout?: number;
}

const tenMinutes = 600_000;

/** A program that runs, in a process group of its own. It ends with this process at the latest. */
export class Command {
  readonly outcome: Promise<Outcome>;
  private readonly child: ChildProcess;
  private readonly watchers = new Set<() => void>();
  private printed = "";

  constructor(program: string, args: readonly string[], { cwd, env, timeout = tenMinutes }: CommandOptions) {
    this.child = spawn(program, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => this.print(text));
    }
    const kill = () => this.signal();
    const timer = setTimeout(() => {
      this.print(`\nkilled: it took more than ${timeout / 1000} s\n`);
      kill();
    }, timeout);
    process.once("exit", kill);
    this.outcome = new Promise<Outcome>((resolve, reject) => {
      this.child.once("error", reject);
      const end = () => resolve({ exitCode: this.child.exitCode, output: this.printed });
      this.child.once("close", end);
      // What outlives a killed program may hold its output open, so "close" would come late.
      this.child.once("exit", () => setTimeout(end, 1_000));
    }).finally(() => {
      clearTimeout(timer);
      process.removeListener("exit", kill);
    });
  }

  /** What it has printed so far. */
  get output(): string {
    return this.printed;
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error("the program did not start");
    return this.child.pid;
  }

  /** Resolves to true when what it printed matches, to false when it ended without. */
  prints(pattern: RegExp): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!pattern.test(this.printed)) return;
        this.watchers.delete(look);
        resolve(true);
      };
      this.watchers.add(look);
      look();
      this.outcome.then(({ output }) => resolve(pattern.test(output)), reject);
    });
  }

  /** Kills its process group: nothing in it gets to clean up. Plugins of pulumi have groups of their own, and live on. */
  async kill(): Promise<void> {
    this.signal();
    await this.outcome;
  }

  private signal(): void {
    try {
      process.kill(-this.pid, "SIGKILL");
    } catch (error) {
      // It has ended by itself.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  private print(text: string): void {
    this.printed += text;
    for (const watcher of [...this.watchers]) watcher();
  }
}
