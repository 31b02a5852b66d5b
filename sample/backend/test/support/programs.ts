// The programs of the image as the engine runs them: `node dist/<program>.js` with an environment of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { freePort, until } from "./waiting.js";

const dist = join(import.meta.dirname, "../../dist");
export const origin = "https://clubhouse.example.com";

type Variables = Readonly<Record<string, string>>;

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly ms: number;
}

/** Runs a program to its end. */
export async function run(program: string, environment: Variables, ...args: string[]): Promise<Ended> {
  const started = performance.now();
  const { child, output } = start(program, environment, args);
  const code = await exitCode(child);
  return { code, output: output(), ms: performance.now() - started };
}

/** As the job of a release does. */
export function migrate(environment: Variables): Promise<Ended> {
  const folder = join(dist, "../migrations");
  return run("migrate", environment, "-path", folder, "-database", "postgres:///", "up");
}

export interface TestServer {
  readonly url: string;
  readonly port: number;
  /** Until it took connections. */
  readonly startMs: number;
  output(): string;
  /** Sends SIGTERM; the promise is the exit code. */
  stop(): Promise<number | null>;
}

export function serverEnvironment(database: Variables): Variables {
  return {
    ...database,
    REDIS_HOST: "127.0.0.1",
    REDIS_PORT: process.env.TEST_REDIS_PORT ?? "",
    REDIS_PASSWORD: "only-for-tests",
    WS_ORIGIN_ALLOWLIST: origin,
    APP_VERSION: "1.2.3",
  };
}

/** Starts a server; the promise is kept when it listens. */
export async function startServer(environment: Variables): Promise<TestServer> {
  const port = await freePort();
  const started = performance.now();
  const { child, output } = start("server", { ...environment, HTTP_PORT: String(port) });
  await until(() => {
    if (child.exitCode !== null) throw new Error(`the server ended:\n${output()}`);
    return output().includes("listening");
  }, "the server listens");
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    startMs: performance.now() - started,
    output,
    stop: () => {
      child.kill("SIGTERM");
      return exitCode(child);
    },
  };
}

/** Starts a server and waits until it is healthy. */
export async function startHealthyServer(environment: Variables): Promise<TestServer> {
  const server = await startServer(environment);
  await until(async () => (await fetch(`${server.url}/health`)).ok, "the server is healthy");
  return server;
}

function start(
  program: string,
  environment: Variables,
  args: readonly string[] = [],
): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [join(dist, `${program}.js`), ...args], { env: { ...environment } });
  // A test that fails leaves its server behind.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  return { child, output: () => text };
}

function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once("close", resolve));
}
