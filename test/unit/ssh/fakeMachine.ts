import { vi } from "vitest";

export interface Answer {
  readonly exitCode?: number;
  /** Why the program could not be started. */
  readonly code?: string;
  readonly stdout?: string;
  readonly stderr?: string;
}

export interface Call {
  readonly program: string;
  readonly args: readonly string[];
  readonly input: string | Uint8Array | undefined;
}

/** What the programs are asked in a test, and what they answer. */
export const machine = {
  calls: [] as Call[],
  /** What people read. */
  told: [] as string[],
  answer: (_call: Call): Answer => ({ exitCode: 0 }),
};

export function resetMachine(): void {
  machine.calls = [];
  machine.told = [];
  vi.useFakeTimers();
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    machine.told.push(String(text).trimEnd());
    return true;
  });
}

/** In the place of execa. */
export function execa(
  program: string,
  args: readonly string[],
  options: { readonly input?: string | Uint8Array },
) {
  const call = { program, args, input: options.input };
  machine.calls.push(call);
  const { exitCode, code, stdout = "", stderr = "" } = machine.answer(call);
  const result = { exitCode, code, stdout, stderr, all: stdout + stderr, failed: exitCode !== 0 };
  return Object.assign(Promise.resolve(result), {
    async *iterable() {
      if (stdout !== "") yield* stdout.trimEnd().split("\n");
    },
  });
}

/** Lets as much time pass as the work wants, and gives its result. */
export async function inNoTime<T>(work: Promise<T>): Promise<T> {
  let over = false;
  const end = () => {
    over = true;
  };
  work.then(end, end);
  while (!over) await vi.advanceTimersByTimeAsync(1_000);
  return work;
}

/** The user that ssh was to log in as. */
export function userOf({ args }: Call): string {
  return args[args.indexOf("-l") + 1] ?? "";
}

/** How often ssh was called for each user, in the order of the calls. */
export function usersTried(): string[] {
  return machine.calls.filter(({ program }) => program === "ssh").map(userOf);
}

export interface Said {
  readonly user?: string;
  readonly root?: boolean;
  readonly digest?: string;
  readonly hostKey?: string;
  readonly engine?: string;
  /** Lines of `cloud-init status --long`. */
  readonly cloudInit?: readonly string[];
}

/** What a machine that is prepared says of itself, but for what is given. */
export function says({ user = "deploy", root = true, cloudInit = [], ...more }: Said = {}): Answer {
  const { digest = "digest", hostKey = "ssh-ed25519 OWN", engine = "27.5.1" } = more;
  const lines = [`user=${user}`, `root=${root ? "yes" : "no"}`, `digest=${digest}`];
  lines.push(`hostKey=${hostKey}`, `engine=${engine}`, ...cloudInit.map((line) => `cloud-init: ${line}`));
  return { exitCode: 0, stdout: lines.join("\n") };
}

/** What ssh prints when it can't log in. */
export function refuses(stderr: string): Answer {
  return { exitCode: 255, stderr };
}

export const refused = refuses("ssh: connect to host 203.0.113.7 port 22: Connection refused");
export const denied = refuses("deploy@203.0.113.7: Permission denied (publickey).");
