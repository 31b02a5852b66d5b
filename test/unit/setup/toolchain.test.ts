import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { repository } from "../../../setup/paths";
import { fits } from "../../../setup/toolchain/download";
import { newestPackage } from "../../../setup/toolchain/go";
import { goProcesses, inLanes, lanes } from "../../../setup/toolchain/lanes";
import { packageVersion, pluginNames, readWay, writeWay } from "../../../setup/toolchain/layout";
import { fingerprint, pieces } from "../../../setup/toolchain/modules";
import { atLeast, readVersion } from "../../../setup/toolchain/version";

const modules = join(repository, "setup", "toolchain");
const gibibyte = 2 ** 30;

describe("toolchain", () => {
  it.each(pluginNames)("the %s plugin's module has the version of the npm package", (name) => {
    const folder = join(modules, `${name}-plugin`);
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".go"),
    );
    const text = sources.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
    expect(/^const Version = "(.+)"$/m.exec(text)?.[1]).toBe(packageVersion(name));
  });

  it("the CLI's module has the version of the SDK", () => {
    const module = readFileSync(join(modules, "cli", "go.mod"), "utf8");
    expect(module).toContain(`github.com/pulumi/pulumi/pkg/v3 v${packageVersion("pulumi")}`);
  });

  it("every piece has a module with checksums, and none points to a folder outside", () => {
    for (const { folder } of pieces()) {
      const module = readFileSync(join(modules, folder, "go.mod"), "utf8");
      expect(readFileSync(join(modules, folder, "go.sum"), "utf8").length).toBeGreaterThan(1000);
      expect(module.match(/=> \.\.|=> \//)).toBeNull();
    }
  });

  it("the scripts of the language host can be run", () => {
    const scripts = join(modules, "language-nodejs", "scripts");
    for (const script of readdirSync(scripts)) execFileSync("sh", ["-n", join(scripts, script)]);
    const listing = execFileSync("git", ["ls-files", "--stage", scripts], {
      cwd: repository,
      encoding: "utf8",
    });
    expect(listing.split("\n").filter((line) => line !== "" && !line.startsWith("100755"))).toEqual([]);
  });
});

describe("fingerprint of a piece", () => {
  it("is the same for the same files, and another for another way of building them", async () => {
    const [piece] = pieces();
    if (piece === undefined) throw new Error("no pieces");
    expect(await fingerprint(piece)).toBe(await fingerprint({ ...piece, target: "/elsewhere" }));
    expect(await fingerprint(piece)).not.toBe(await fingerprint({ ...piece, tags: "other" }));
    expect(await fingerprint(piece)).not.toBe(await fingerprint({ ...piece, folder: "language-nodejs" }));
  });

  it("covers the sources in the folders below", async () => {
    const docker = pieces().find(({ folder }) => folder === "docker-plugin");
    if (docker === undefined) throw new Error("no Docker plugin");
    const copy = mkdtempSync(join(modules, ".test-"));
    try {
      cpSync(join(modules, docker.folder), copy, { recursive: true });
      const folder = copy.slice(modules.length + 1);
      const before = await fingerprint({ ...docker, folder });
      rmSync(join(copy, "provider", "provider.go"));
      expect(await fingerprint({ ...docker, folder })).not.toBe(before);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});

describe("versions", () => {
  it.each([
    ["go version go1.26.8 linux/amd64", [1, 26, 8]],
    ["v3.246.0", [3, 246, 0]],
    ["go 1.25", [1, 25, 0]],
    ["v3.250.1-alpha.2", [3, 250, 1]],
    ["nothing", undefined],
  ])("%s", (text, version) => expect(readVersion(text)).toEqual(version));

  it("are compared part by part", () => {
    expect(atLeast([1, 26, 0], [1, 25, 8])).toBe(true);
    expect(atLeast([1, 25, 8], [1, 25, 8])).toBe(true);
    expect(atLeast([1, 25, 7], [1, 25, 8])).toBe(false);
    expect(atLeast([1, 9, 9], [1, 21])).toBe(false);
  });

  it("an own CLI fits when it is not older than the SDK", () => {
    expect(fits("v3.246.0", "3.246.0")).toBe(true);
    expect(fits("v3.300.1\n", "3.246.0")).toBe(true);
    expect(fits("v3.245.9", "3.246.0")).toBe(false);
    expect(fits("v4.0.0", "3.246.0")).toBe(false);
    expect(fits("", "3.246.0")).toBe(false);
  });

  it("of Debian's Go packages the newest of use is taken", () => {
    expect(newestPackage(["golang-1.19-go", "golang-1.9-go"])).toBeUndefined();
    expect(newestPackage(["golang-1.22-go", "golang-1.24-go", "golang-1.24-doc", "golang-1.9-go"])).toBe(
      "golang-1.24-go",
    );
  });
});

describe("builds side by side", () => {
  it.each([
    [1, 2, 1, 1],
    [2, 24, 1, 2],
    [8, 32, 4, 2],
    [16, 8, 2, 8],
  ])("%i cores and %i GiB: %i at a time with %i compilers", (cores, memory, count, processes) => {
    expect(lanes(cores, memory * gibibyte)).toBe(count);
    expect(goProcesses(cores, memory * gibibyte)).toBe(processes);
  });

  it("never more at a time than asked for, in order, and all of them", async () => {
    const running = new Set<number>();
    const started: number[] = [];
    const task = (index: number) => async () => {
      running.add(index);
      started.push(index);
      expect(running.size).toBeLessThanOrEqual(2);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running.delete(index);
    };
    await inLanes(2, [0, 1, 2, 3, 4].map(task));
    expect(started).toEqual([0, 1, 2, 3, 4]);
  });

  it("a failure ends it after what is under way", async () => {
    const done: string[] = [];
    const slow = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      done.push("slow");
    };
    const failing = async () => {
      throw new Error("broken");
    };
    const never = async () => {
      done.push("never");
    };
    await expect(inLanes(2, [slow, failing, never])).rejects.toThrow("broken");
    expect(done).toEqual(["slow"]);
  });
});

describe("the way that was taken", () => {
  const before = process.env.XDG_CACHE_HOME;
  let cache: string;

  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "slipway-"));
    process.env.XDG_CACHE_HOME = cache;
  });

  afterEach(() => {
    rmSync(cache, { recursive: true });
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  });

  it("is remembered", () => {
    expect(readWay()).toBeUndefined();
    writeWay({ kind: "path", folder: "/opt/pulumi", modified: 5 });
    expect(readWay()).toEqual({ kind: "path", folder: "/opt/pulumi", modified: 5 });
  });
});
