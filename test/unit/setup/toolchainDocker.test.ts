import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dockerStep } from "../../../setup/docker";
import { SetupError } from "../../../setup/step";

const saved = { ...process.env };
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "slipway-"));
  mkdirSync(join(home, "bin"));
  for (const tool of ["sh", "sleep", "touch"]) symlinkSync(`/bin/${tool}`, join(home, "bin", tool));
  for (const name of ["DOCKER_HOST", "DOCKER_CONTEXT"]) delete process.env[name];
  // Nothing of the machine's own: neither its engine nor its package manager.
  Object.assign(process.env, {
    PATH: join(home, "bin"),
    DOCKER_CONFIG: join(home, "docker"),
    XDG_DATA_HOME: join(home, "data"),
  });
});

afterEach(() => {
  rmSync(home, { recursive: true });
  process.env = { ...saved };
});

function program(name: string, script: string): void {
  const file = join(home, "bin", name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

async function failure(): Promise<string> {
  const error = await dockerStep()
    .run()
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  expect(error).toBeInstanceOf(SetupError);
  return error instanceof Error ? error.message : "";
}

describe("Docker engine", () => {
  it("is left alone when it answers", async () => {
    program("docker", "echo 28.0.0");
    expect(await dockerStep().done()).toBe(true);
    await dockerStep().run();
  });

  it("that the user has chosen and doesn't answer is not replaced by one of ours", async () => {
    process.env.DOCKER_HOST = "ssh://deploy@server";
    program("docker", "echo 'error during connect' >&2; exit 1");
    expect(await dockerStep().done()).toBe(false);
    expect(await failure()).toMatch(
      /error during connect\nYou have chosen the engine at ssh:\/\/deploy@server: start it/,
    );
  });

  it("that the user may not talk to is named so", async () => {
    program("docker", "echo 'permission denied while trying to connect to the socket' >&2; exit 1");
    expect(await failure()).toContain("sudo usermod -aG docker");
  });
});

// Where the engine would be started without systemd.
const detached = process.platform === "linux" && userInfo().uid === 0 && !existsSync("/run/systemd/system");
describe.skipIf(!detached)("Docker engine, started without systemd", () => {
  it("goes on by itself, with a log", async () => {
    program("docker", `[ -e ${home}/up ] && { echo 28.0.0; exit; }; echo 'Cannot connect' >&2; exit 1`);
    program("dockerd", `[ "$1" = --version ] && exit; echo starting; sleep 3; touch ${home}/up`);
    await dockerStep().run();
    expect(readFileSync(join(home, "data", "slipway", "dockerd.log"), "utf8")).toBe("starting\n");
  });

  it("says why it doesn't come up", async () => {
    program("docker", "echo 'Cannot connect' >&2; exit 1");
    program(
      "dockerd",
      '[ "$1" = --version ] && exit; echo "failed to start daemon: no space left" >&2; exit 1',
    );
    expect(await failure()).toMatch(/dockerd was started and ended.*\nfailed to start daemon: no space left/);
  });
});
