import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, vi } from "vitest";

export interface FakeContainer {
  readonly id: string;
  readonly service: string;
  readonly release: string;
  running: boolean;
  /** Never gets healthy. */
  ill?: boolean;
  /** Named volumes by mount path. */
  readonly volumes?: Readonly<Record<string, string>>;
  /** What a run of it comes to. */
  runs?: () => Partial<Result>;
  /** What the engine says of it besides. */
  more?: object;
}

type Answer = (input: Record<string, unknown>) => unknown;

const fresh = () => ({
  folder: "",
  containers: [] as FakeContainer[],
  /** What the backup service and the drill answer, by command. An error is one of theirs. */
  answers: {} as Record<string, Answer>,
  /** What was done, in order: `stop backend`, `swap-database {...}`, `pulumi up`. */
  done: [] as string[],
  /** Proxies that were told to ask their upstreams anew, with what ran then. */
  askedAnew: [] as string[],
  /** All command lines, as a list of processes shows them. */
  commandLines: [] as string[],
  /** Variables that a command was given, by its program and first argument. */
  environments: {} as Record<string, Readonly<Record<string, string>>>,
  /** What `pulumi stack output` gives. */
  outputs: {} as Record<string, unknown>,
  /** Files in containers. */
  files: {} as Record<string, string>,
  history: [] as unknown[],
  /** Exit code of `pulumi up`, and what else it does. */
  up: (): number => 0,
  /** Free space on the server's disk, KiB. */
  free: 1_000_000,
  /** What docker answers to anything else. */
  docker: (_args: readonly string[], _input: string): Partial<Result> => ({}),
});

/** A stack with its engine, of which the operations see what docker and pulumi print. */
export const world = fresh();
/** The operation that was started last. */
export const operation = { ended: Promise.resolve() };
let runs = 0;

const file = () => join(world.folder, "Pulumi.production.yaml");

afterEach(() => rm(world.folder, { recursive: true, force: true }));

export async function resetWorld(settings = ""): Promise<void> {
  await rm(world.folder, { recursive: true, force: true });
  Object.assign(world, fresh());
  world.files["/run/secrets/postgres/admin-password"] = "canary";
  world.folder = await mkdtemp(join(tmpdir(), "slipway-operations-"));
  world.containers = ["postgres", "backup", "drill", "proxy", "frontend", "backend", "migration"].map(
    (service) => ({
      id: `id-${service}`,
      service,
      release: "1.1.0",
      running: service !== "migration",
    }),
  );
  await writeFile(file(), `# Kept.\nconfig:\n  slipway:app: clubhouse\n${settings}`);
}

export function stackFile(): Promise<string> {
  return readFile(file(), "utf8");
}

/** Runs an operation as its script does: what it prints, and its exit code. */
export async function runOperation(name: string, ...options: readonly string[]) {
  const lines: string[] = [];
  for (const stream of ["log", "error"] as const) {
    vi.spyOn(console, stream).mockImplementation((line) => lines.push(String(line)));
  }
  const { argv } = process;
  process.argv = ["node", `${name}.ts`, ...options];
  process.exitCode = undefined;
  try {
    // Another name each time, as a module runs once.
    await import(/* @vite-ignore */ `${join(__dirname, "../../../operations", name)}.ts?run=${++runs}`);
    await operation.ended;
    return { said: lines.join("\n"), code: process.exitCode };
  } finally {
    process.argv = argv;
    process.exitCode = undefined;
    vi.restoreAllMocks();
  }
}

interface Options {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly reject?: boolean;
}

interface Result {
  readonly failed: boolean;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** In the place of execa. */
export function execa(program: string, args: readonly string[], { input, reject, env }: Options = {}) {
  if (env !== undefined) world.environments[`${program} ${args[0]}`] = env;
  world.commandLines.push([program, ...args].join(" "));
  const { failed = false, stdout = "", stderr = "" } = run(program, args, input ?? "");
  const exitCode = failed ? 1 : 0;
  const result = { failed, exitCode, stdout, stderr, all: stdout + stderr, timedOut: false };
  const promise =
    failed && reject !== false
      ? Promise.reject(new Error(`Command failed: ${program} ${args.join(" ")}\n${stderr}`))
      : Promise.resolve(result);
  return Object.assign(promise, {
    async *iterable() {
      if (stderr !== "") yield* stderr.split("\n");
    },
  });
}

function run(program: string, args: readonly string[], input: string): Partial<Result> {
  if (program === "pulumi") return pulumi(args, input);
  const [first, second] = args;
  if (first === "ps") return { stdout: listed(args) };
  if (first === "exec") return executed(args, input);
  if (first === "stop") return each(args.slice(1), "stop", false);
  if (first === "start") return started(args.slice(2));
  if (first === "container" && second === "start") return each(args.slice(2), "start", true);
  if (first === "container" && second === "inspect") return inspected(args[2] ?? "");
  return world.docker(args, input);
}

function pulumi(args: readonly string[], input: string): Partial<Result> {
  if (args[0] === "config" && args[1] === "get") return { stdout: "clubhouse\n" };
  if (args[1] === "history") return { stdout: JSON.stringify(world.history) };
  if (args[1] === "output") return { stdout: JSON.stringify(world.outputs) };
  if (args[1] === "set") {
    world.done.push(`set ${args[4]} to ${input}`);
    return {};
  }
  world.done.push(`pulumi ${args[0]}`);
  return { failed: world.up() !== 0 };
}

function listed(args: readonly string[]): string {
  const wanted = args.find((word) => word.startsWith("label=slipway.service="))?.split("=")[2];
  const volume = args.find((word) => word.startsWith("volume="))?.split("=")[1];
  const found = world.containers.filter(
    ({ service, volumes = {} }) =>
      (wanted === undefined || service === wanted) &&
      (volume === undefined || Object.values(volumes).includes(volume)),
  );
  if (args.includes("--quiet")) return found.map(({ id }) => id).join("\n");
  return found
    .map(({ id, service, release, running }) =>
      [id, `name-${service}`, service, release, running ? "running" : "exited"].join("\t"),
    )
    .join("\n");
}

function executed(args: readonly string[], input: string): Partial<Result> {
  const command = args[args.indexOf("/opt/backup/cli.mjs") + 1];
  if (args.includes("/opt/backup/cli.mjs") && command !== undefined) return answered(command, input);
  const shell = args.at(-1) ?? "";
  if (shell.startsWith("cat > ")) world.files[shell.slice(6)] = input;
  else if (shell.startsWith("df ")) return { stdout: `/dev/sda1 9 9 ${world.free} 1% /data` };
  else if (shell.startsWith("caddy reload --force ")) world.askedAnew.push(`${args[1]}, ${runningNow()}`);
  else if (args.includes("rm")) delete world.files[shell];
  else if (args.includes("cat")) return { stdout: world.files[shell] ?? "", failed: !(shell in world.files) };
  else if (args.includes("psql")) return { stdout: "1000\n" };
  return {};
}

function runningNow(): string {
  return world.containers.flatMap(({ service, running }) => (running ? [service] : [])).join(" ");
}

function answered(command: string, input: string): Partial<Result> {
  const given = JSON.parse(input) as Record<string, unknown>;
  const { adminPassword: _, ...shown } = given;
  if (!["list", "manifest", "schema-digest"].includes(command)) {
    world.done.push(`${command} ${JSON.stringify(shown)}`);
  }
  try {
    return { stdout: JSON.stringify(world.answers[command]?.(given) ?? {}), stderr: `log of ${command}` };
  } catch (error) {
    return { failed: true, stderr: `log of ${command}\nerror: ${(error as Error).message}` };
  }
}

function each(ids: readonly string[], what: "start" | "stop", stays: boolean): Partial<Result> {
  for (const container of world.containers.filter(({ id }) => ids.includes(id))) {
    container.running = stays;
    world.done.push(`${what} ${container.service}`);
  }
  return {};
}

function started(ids: readonly string[]): Partial<Result> {
  each(ids, "start", false);
  return world.containers.find(({ id, runs }) => ids.includes(id) && runs)?.runs?.() ?? {};
}

function inspected(id: string): Partial<Result> {
  const container = world.containers.find((one) => one.id === id || `name-${one.service}` === id);
  if (container === undefined) return { failed: true, stderr: `No such container: ${id}` };
  const { running, ill = false, volumes = {} } = container;
  const state = ill
    ? { Status: "exited", ExitCode: 1 }
    : { Status: running ? "running" : "exited", ExitCode: 0 };
  const inspection = {
    Id: container.id,
    Name: `/name-${container.service}`,
    RestartCount: 0,
    State: { ...state, Running: running, OOMKilled: false, StartedAt: "2026-01-01T00:00:00Z" },
    Config: { Healthcheck: { Test: ["CMD", "true"] }, Image: `image-${container.service}`, User: "0:999" },
    HostConfig: { Memory: 536870912 },
    Mounts: Object.entries(volumes).map(([Destination, Name]) => ({ Type: "volume", Name, Destination })),
    ...container.more,
  };
  return { stdout: JSON.stringify([inspection]) };
}
