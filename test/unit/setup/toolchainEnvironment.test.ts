import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contextHost } from "../../../setup/docker";
import { toolEnvironment, toolVariables } from "../../../setup/environment";
import { exportLine } from "../../../setup/printEnvironment";
import { writeWay } from "../../../setup/toolchain/layout";

let home: string;
const saved = { ...process.env };

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "slipway-"));
  for (const name of Object.keys(process.env)) if (/^(PULUMI|DOCKER)_/.test(name)) delete process.env[name];
  process.env.XDG_CACHE_HOME = join(home, "cache");
  process.env.XDG_DATA_HOME = join(home, "data");
  process.env.DOCKER_CONFIG = join(home, "docker");
});

afterEach(() => {
  rmSync(home, { recursive: true });
  process.env = { ...saved };
});

describe("environment of the tools", () => {
  it("leads to the state and the passphrase of this user", () => {
    const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE_FILE: file = "" } = toolVariables();
    expect(PULUMI_BACKEND_URL).toBe(pathToFileURL(join(home, "data", "slipway", "state")).href);
    expect(Buffer.from(readFileSync(file, "utf8"), "base64")).toHaveLength(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, "data", "slipway")).mode & 0o777).toBe(0o700);
  });

  it("makes the passphrase once", () => {
    const read = () => readFileSync(toolVariables().PULUMI_CONFIG_PASSPHRASE_FILE ?? "", "utf8");
    expect(read()).toBe(read());
  });

  it("leaves alone what the user has set, be it to nothing", () => {
    Object.assign(process.env, {
      PULUMI_BACKEND_URL: "",
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_PARALLEL: "4",
      DOCKER_HOST: "unix:///elsewhere.sock",
    });
    expect(Object.keys(toolVariables())).toEqual(["PULUMI_SKIP_UPDATE_CHECK"]);
    expect(toolEnvironment()).toMatchObject({ PULUMI_PARALLEL: "4", DOCKER_HOST: "unix:///elsewhere.sock" });
  });

  it("changes neither PATH nor PULUMI_HOME before the first set-up", () => {
    expect(toolVariables()).not.toHaveProperty("PATH");
    expect(toolVariables()).not.toHaveProperty("PULUMI_HOME");
  });

  it.each([
    [{ kind: "modules" } as const, "bin", "true"],
    [{ kind: "download" } as const, join("download", "bin"), undefined],
  ])("leads to the tools of the way %o", (way, folder, acquisition) => {
    writeWay(way);
    const toolchain = join(home, "cache", "slipway", "toolchain");
    process.env.PATH = [join("/usr", "bin"), join(toolchain, folder)].join(delimiter);
    expect(toolVariables()).toMatchObject({
      PATH: [join(toolchain, folder), join("/usr", "bin")].join(delimiter),
      PULUMI_HOME: join(toolchain, "home"),
    });
    expect(toolVariables().PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION).toBe(acquisition);
  });

  it("leaves a user's own CLI its own home", () => {
    writeWay({ kind: "path", folder: "/opt/pulumi", modified: 1 });
    expect(toolVariables().PATH).toMatch(/^\/opt\/pulumi:/);
    expect(toolVariables()).not.toHaveProperty("PULUMI_HOME");
  });
});

describe("lines for the shell", () => {
  it("survive every character", () => {
    const value = 'it\'s "$HOME" `id` \\ and\na line';
    const script = `${exportLine("VALUE", value)}\nprintf %s "$VALUE"`;
    expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(value);
  });

  it("put the tools in front of the shell's own PATH", () => {
    expect(exportLine("PATH", "/tools:/npm:/usr/bin")).toBe(`export PATH='/tools'":$PATH"`);
  });
});

describe("engine of the docker context", () => {
  const choose = (name: string, host: string) => {
    const id = createHash("sha256").update(name).digest("hex");
    const meta = join(home, "docker", "contexts", "meta", id);
    mkdirSync(meta, { recursive: true });
    writeFileSync(join(home, "docker", "config.json"), JSON.stringify({ currentContext: name }));
    writeFileSync(
      join(meta, "meta.json"),
      JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }),
    );
  };

  it("is found, as the plugins know DOCKER_HOST only", () => {
    expect(contextHost()).toBeUndefined();
    choose("colima", "unix:///home/me/.colima/docker.sock");
    expect(contextHost()).toBe("unix:///home/me/.colima/docker.sock");
    expect(toolVariables().DOCKER_HOST).toBe("unix:///home/me/.colima/docker.sock");
  });

  it("is left to the user's DOCKER_HOST and DOCKER_CONTEXT", () => {
    choose("colima", "unix:///home/me/.colima/docker.sock");
    expect(contextHost({ ...process.env, DOCKER_HOST: "ssh://server" })).toBeUndefined();
    expect(contextHost({ ...process.env, DOCKER_CONTEXT: "other" })).toBeUndefined();
  });

  it("is left alone where it takes certificates too", () => {
    choose("far", "tcp://server:2376");
    expect(contextHost()).toBeUndefined();
  });
});
