import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { attempt, run } from "../../../setup/images/command";
import { archivesFrom, sourcesOf, transportSettings } from "../../../setup/images/debian";
import { unpackMavenArtifact } from "../../../setup/images/packages";
import { keptContext } from "../../../setup/images/sourceContext";
import { stampOf } from "../../../setup/images/stamp";

describe("Debian's archives", () => {
  const targets = [
    "http://mirror.example/debian bookworm",
    "http://mirror.example/debian bookworm-updates",
    "http://security.example/debian-security bookworm-security",
    "https://packages.example/other nodistro",
    "",
  ].join("\n");

  it("are the ones that the machine's apt has for its own release", () => {
    expect(archivesFrom(targets, "bookworm")).toEqual({
      main: "http://mirror.example/debian",
      security: "http://security.example/debian-security",
    });
  });

  it("serve another release from the same place", () => {
    expect(sourcesOf({ main: "http://m/debian", security: "http://s/sec" }, "trixie")).toEqual([
      "deb http://m/debian trixie main",
      "deb http://s/sec trixie-security main",
    ]);
    expect(sourcesOf({ main: "http://m/debian", security: undefined }, "trixie")).toHaveLength(1);
  });

  it("are unknown where apt has no source for the release", () => {
    expect(archivesFrom(targets, "noble")).toBeUndefined();
    expect(archivesFrom("", "bookworm")).toBeUndefined();
  });

  it("are reached the way the machine reaches them", () => {
    const dump = [
      'APT::Architecture "amd64";',
      'Acquire::http::Proxy "http://proxy.example:3128";',
      'Acquire::Check-Valid-Until "false";',
      'Acquire::cdrom::mount "/media/cdrom/";',
      'Acquire::Languages "none";',
      'Acquire::IndexTargets::deb::Packages::MetaKey "x";',
      'Acquire::https "";',
    ].join("\n");
    expect(transportSettings(dump)).toEqual([
      'Acquire::http::Proxy "http://proxy.example:3128";',
      'Acquire::Check-Valid-Until "false";',
    ]);
  });
});

describe("a stamp", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "stamp-"));
    await mkdir(join(folder, "inner"));
    await writeFile(join(folder, "inner", "a"), "one");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("follows values, names and contents", async () => {
    const stamp = await stampOf([1], [folder]);
    expect(await stampOf([1], [folder])).toBe(stamp);
    expect(await stampOf([2], [folder])).not.toBe(stamp);
    await writeFile(join(folder, "inner", "a"), "two");
    expect(await stampOf([1], [folder])).not.toBe(stamp);
    await writeFile(join(folder, "inner", "a"), "one");
    await writeFile(join(folder, "b"), "");
    expect(await stampOf([1], [folder])).not.toBe(stamp);
  });

  it("ignores what is made of the source", async () => {
    const stamp = await stampOf([], [folder]);
    for (const made of ["node_modules", "dist"]) {
      await mkdir(join(folder, made));
      await writeFile(join(folder, made, "file"), "made");
    }
    expect(await stampOf([], [folder])).toBe(stamp);
  });
});

describe("a command", () => {
  it("returns its standard output", async () => {
    expect(await run("sh", ["-c", "echo out; echo err >&2"])).toBe("out");
  });

  it("that fails tells its last lines", async () => {
    const script = "for i in $(seq 40); do echo line $i; done; echo broken >&2; exit 3";
    const { failure } = await attempt("sh", ["-c", script]);
    expect(failure).toContain("failed:\n");
    expect(failure).toContain("line 40\nbroken");
    expect(failure).not.toContain("line 20\n");
    await expect(run("sh", ["-c", "exit 1"])).rejects.toThrow("sh -c exit 1 failed");
  });

  it("that isn't installed is named", async () => {
    expect((await attempt("no-such-program", [])).failure).toBe(
      "no-such-program is needed and not installed",
    );
    const file = join(await mkdtemp(join(tmpdir(), "command-")), "plain");
    await writeFile(file, "");
    await chmod(file, 0o644);
    expect((await attempt(file, [])).failure).toContain("failed");
    await rm(join(file, ".."), { recursive: true });
  });
});

describe("an archive of a Maven repository", () => {
  const path = process.env.PATH;
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "maven-"));
    process.env.PATH = `${home}:${path}`;
  });
  afterEach(async () => {
    process.env.PATH = path;
    await rm(home, { recursive: true });
  });

  it("is unpacked by a Maven that keeps its notes to itself", async () => {
    // Maven's notes of what it has unpacked are below the folder that it is run in.
    const script = `#!/bin/sh\nmkdir -p target && pwd > ${home}/ran-in && echo "$*" > ${home}/arguments\n`;
    await writeFile(join(home, "mvn"), script, { mode: 0o755 });
    const folder = join(home, "distribution");
    await unpackMavenArtifact("org.example:thing:1.0:zip", folder);
    const words = (await readFile(join(home, "arguments"), "utf8")).trim().split(" ");
    expect(words).toContain("-Dartifact=org.example:thing:1.0:zip");
    expect(words).toContain(`-DoutputDirectory=${folder}`);
    expect((await readFile(join(home, "ran-in"), "utf8")).trim()).toBe(`${folder}.maven`);
    expect(existsSync(`${folder}.maven`)).toBe(false);
  });
});

describe("a kept build context", () => {
  const cache = process.env.XDG_CACHE_HOME;
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "context-"));
    process.env.XDG_CACHE_HOME = home;
  });
  afterEach(async () => {
    if (cache === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = cache;
    await rm(home, { recursive: true });
  });

  const stamps = ["0123456789abcdef", "fedcba9876543210"] as const;
  const keep = (name: string, stamp: string, made: string[] = []) =>
    keptContext({
      kind: "test",
      name,
      stamp,
      prepare: async (context) => {
        made.push(stamp);
        await writeFile(join(context, "file"), stamp);
      },
    });

  it("is made once, and anew when its source changes", async () => {
    const made: string[] = [];
    const first = await keep("app", stamps[0], made);
    expect(await keep("app", stamps[0], made)).toBe(first);
    expect(made).toEqual([stamps[0]]);
    const second = await keep("app", stamps[1], made);
    expect(await readFile(join(second, "file"), "utf8")).toBe(stamps[1]);
    expect(existsSync(first)).toBe(false);
  });

  it("stays when that of another changes whose name begins with its own", async () => {
    const other = await keep("app-server", stamps[0]);
    await keep("app", stamps[0]);
    await keep("app", stamps[1]);
    expect(existsSync(other)).toBe(true);
  });
});
