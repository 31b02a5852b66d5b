import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { reachMachine } from "../../../operations/ssh/reachMachine";
import { openTunnel, type Tunnel } from "../../../operations/ssh/tunnel";

const connection = { address: "203.0.113.7", port: 2222, user: "deploy", hostKey: "ssh-ed25519 AAAA" };

let folder: string;
let tunnel: Tunnel | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-test-"));
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH}`);
  vi.stubEnv("TMPDIR", folder);
});
afterEach(async () => {
  await tunnel?.close();
  tunnel = undefined;
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Puts a program in the place of ssh, which notes what it was called with. */
async function asSsh(script: string): Promise<void> {
  const file = join(folder, "ssh");
  await writeFile(file, `#!/bin/sh\nprintf '%s\\n' "$@" > "${folder}/called"\n${script}\n`);
  await chmod(file, 0o755);
}

/** What the machine's shell does with the command that it gets. */
const machine = 'for command; do :; done; exec sh -c "$command"';

function socketOf({ dockerHost }: Tunnel): string {
  return dockerHost.replace("unix://", "");
}

it("is a socket of this machine for the engine's, on a connection of its own", async () => {
  await asSsh('echo "slipway: ready"; exec cat > /dev/null');
  tunnel = await openTunnel(connection);
  const called = (await readFile(join(folder, "called"), "utf8")).split("\n");
  expect(called).toEqual(expect.arrayContaining(["ControlPath=none", "ExitOnForwardFailure=yes"]));
  expect(called[called.indexOf("-L") + 1]).toBe(`${socketOf(tunnel)}:/var/run/docker.sock`);
  expect(called.slice(called.indexOf("-p"), -1)).toEqual([
    ...["-p", "2222", "-l", "deploy", "--", "203.0.113.7"],
    expect.stringMatching(/^exec sh -c '.*'$/),
  ]);
});

it("ends with its input, and leaves no folder", async () => {
  await asSsh('echo "slipway: ready"; exec cat > /dev/null');
  tunnel = await openTunnel(connection);
  const own = join(socketOf(tunnel), "..");
  expect(existsSync(own)).toBe(true);
  await tunnel.close();
  expect(existsSync(own)).toBe(false);
});

it("waits for the end of no connection that hangs", async () => {
  await asSsh('echo "slipway: ready"; trap "" HUP; sleep 30');
  tunnel = await openTunnel(connection);
  const before = Date.now();
  await tunnel.close();
  expect(Date.now() - before).toBeLessThan(5_000);
  const own = join(socketOf(tunnel), "..");
  await vi.waitFor(() => expect(existsSync(own)).toBe(false));
});

it("says when the machine has no engine for its user", async () => {
  // This machine's own socket may be there: it is looked for where there is none.
  await asSsh(machine.replace('"$command"', '"$(echo "$command" | sed s,/var/run/docker.sock,/nowhere,)"'));
  await expect(openTunnel(connection)).rejects.toThrow(
    /^The machine at 203\.0\.113\.7 has no Docker engine that deploy reaches\.\n.*systemctl status docker/,
  );
});

it.each([
  ["ssh: connect to host 203.0.113.7 port 2222: Connection refused", "connection refused"],
  ["Host key verification failed.", "shows another host key than the stack has: ssh-ed25519 AAAA"],
])("says why ssh could not log in: %s", async (said, message) => {
  await asSsh(`echo "${said}" >&2; exit 255`);
  await expect(openTunnel(connection)).rejects.toThrow(message);
  expect(existsSync(join(folder, "docker.sock"))).toBe(false);
});

it("is tried again when the machine drops the connection", async () => {
  await asSsh(
    `[ -e "${folder}/dropped" ] || { : > "${folder}/dropped"; echo "Connection reset by peer" >&2; exit 255; }
    echo "slipway: ready"; exec cat > /dev/null`,
  );
  tunnel = await openTunnel(connection);
  expect(tunnel.dockerHost).toMatch(/^unix:/);
});

it("is what docker talks to from then on, whatever was chosen before", async () => {
  vi.stubEnv("DOCKER_HOST", "tcp://elsewhere:2376");
  vi.stubEnv("DOCKER_CONTEXT", "other");
  vi.stubEnv("DOCKER_TLS_VERIFY", "1");
  await asSsh('echo "slipway: ready"; exec timeout 5 cat > /dev/null');
  await reachMachine(connection);
  expect(process.env.DOCKER_HOST).toMatch(/^unix:\/\/.*docker\.sock$/);
  expect(process.env.DOCKER_CONTEXT).toBeUndefined();
  expect(process.env.DOCKER_TLS_VERIFY).toBeUndefined();
});
