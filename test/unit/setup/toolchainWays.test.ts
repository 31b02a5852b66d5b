import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { toolVariables } from "../../../setup/environment";
import type { Reach } from "../../../setup/network";
import { setUpToolchain } from "../../../setup/toolchain";
import { packageVersion, readWay } from "../../../setup/toolchain/layout";

const install = vi.fn(async ({ root }: { root: string }) =>
  writeCli(join(root, "bin"), packageVersion("pulumi")),
);
vi.mock("@pulumi/pulumi/automation", () => ({
  PulumiCommand: { install: (options: { root: string }) => install(options) },
}));

const saved = { ...process.env };
let home: string;
let messages: string[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "slipway-"));
  process.env.XDG_CACHE_HOME = join(home, "cache");
  process.env.PULUMI_HOME = join(home, "own-home");
  process.env.PATH = `${join(home, "own")}:/usr/bin:/bin`;
  messages = [];
  vi.spyOn(console, "log").mockImplementation((message) => void messages.push(message));
  install.mockClear();
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(home, { recursive: true });
  process.env = { ...saved };
});

/** A CLI that knows its version, and notes which plugins it is to install where. */
function writeCli(folder: string, version: string): void {
  mkdirSync(folder, { recursive: true });
  const script = `#!/bin/sh
[ "$1" = version ] && { echo v${version}; exit; }
plugin="$PULUMI_HOME/plugins/$3-$4-v$5"
mkdir -p "$plugin" && touch "$plugin/pulumi-$3-$4" && chmod +x "$plugin/pulumi-$3-$4"
echo "$0 $*" >> ${join(home, "calls")}
`;
  writeFileSync(join(folder, "pulumi"), script);
  chmodSync(join(folder, "pulumi"), 0o755);
}

const calls = () => readFileSync(join(home, "calls"), "utf8").trimEnd().split("\n").sort();
const reachable = (downloads: boolean): Reach => ({
  downloads: vi.fn(async () => downloads),
  registry: vi.fn(async () => downloads),
});
const asked = ({ downloads }: Reach) => vi.mocked(downloads).mock.calls.length;
const installs = (cli: string) =>
  (["command", "docker", "random"] as const).map(
    (name) => `${cli}/pulumi plugin install resource ${name} ${packageVersion(name)}`,
  );

describe("set-up of the toolchain, download host reachable", () => {
  it("takes the user's own CLI when it fits, and installs the plugins in its home", async () => {
    writeCli(join(home, "own"), "3.300.0");
    await setUpToolchain(reachable(true));
    expect(readWay()).toMatchObject({ kind: "path", folder: join(home, "own") });
    expect(calls()).toEqual(installs(join(home, "own")));
    expect(install).not.toHaveBeenCalled();
  });

  it("asks nothing of the network when all is there", async () => {
    writeCli(join(home, "own"), "3.300.0");
    await setUpToolchain(reachable(true));
    const again = reachable(true);
    await setUpToolchain(again);
    expect(asked(again)).toBe(0);
    expect(calls()).toHaveLength(3);
    expect(messages.slice(-4).every((message) => message.startsWith("  ready "))).toBe(true);
  });

  it("uses an own CLI with its plugins even when nothing is reachable", async () => {
    writeCli(join(home, "own"), "3.300.0");
    await setUpToolchain(reachable(true));
    rmSync(join(home, "cache"), { recursive: true });
    await setUpToolchain(reachable(false));
    expect(readWay()).toMatchObject({ kind: "path" });
  });

  it("looks anew when the own CLI has changed", async () => {
    writeCli(join(home, "own"), "3.300.0");
    await setUpToolchain(reachable(true));
    rmSync(join(home, "own"), { recursive: true });
    writeCli(join(home, "own"), "3.100.0");
    await setUpToolchain(reachable(true));
    expect(readWay()).toEqual({ kind: "download" });
  });

  it.each([["3.100.0"], [undefined]])(
    "downloads the CLI of the SDK's version where the own is %s",
    async (version) => {
      if (version !== undefined) writeCli(join(home, "own"), version);
      await setUpToolchain(reachable(true));
      const toolchain = join(home, "cache", "slipway", "toolchain");
      expect(install).toHaveBeenCalledExactlyOnceWith({ root: join(toolchain, "download") });
      expect(calls()).toEqual(installs(join(toolchain, "download", "bin")));
      expect(toolVariables().PULUMI_HOME).toBe(join(toolchain, "home"));
    },
  );
});
