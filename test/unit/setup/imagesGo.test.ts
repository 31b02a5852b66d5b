import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildGoProgram, flags } from "../../../setup/images/goPrograms";
import { SetupError } from "../../../setup/step";

const path = process.env.PATH;
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "go-"));
  await mkdir(join(home, "sources", "one"), { recursive: true });
  await writeFile(join(home, "sources", "one", "go.mod"), "module one\n");
  await mkdir(join(home, "module", "ui"), { recursive: true });
  await writeFile(join(home, "module", "ui", "web.go"), "package ui\n");
  await chmod(join(home, "module", "ui"), 0o555);
});

afterEach(async () => {
  process.env.PATH = path;
  await rm(home, { recursive: true });
});

/** A Go that notes its command lines, and whose programs list the files that they were built from. */
async function pretendGo(): Promise<() => Promise<string[]>> {
  const log = join(home, "log");
  const script = `#!/bin/sh
case $1 in
  version) exit ;;
  mod) echo '{"Dir": "${join(home, "module")}"}'; exit ;;
esac
echo "begin $*" >> ${log}
sleep 0.2
while [ "$1" != -o ]; do shift; done
find . -type f | sort > "$2"
echo "CGO_ENABLED=$CGO_ENABLED" >> "$2"
echo end >> ${log}
`;
  await writeFile(join(home, "go"), script);
  await chmod(join(home, "go"), 0o755);
  process.env.PATH = `${home}:${path}`;
  return async () => (await readFile(log, "utf8")).trimEnd().split("\n");
}

describe("a Go program", () => {
  const sources = () => join(home, "sources");

  it("is built from a copy of its folder, without a C compiler", async () => {
    await pretendGo();
    await buildGoProgram({ folder: "one" }, sources(), join(home, "out"));
    expect(await readFile(join(home, "out"), "utf8")).toBe("./go.mod\nCGO_ENABLED=0\n");
  });

  it("has flags that its definition adds to", () => {
    const common = ["-mod=readonly", "-trimpath", "-buildvcs=false"];
    expect(flags({ folder: "one" })).toEqual([...common, "-ldflags", "-s -w"]);
    const program = { folder: "one", tags: "a,b", values: { "main.version": "1.2" } };
    expect(flags(program)).toEqual([...common, "-tags", "a,b", "-ldflags", "-s -w -X main.version=1.2"]);
  });

  it("gets the files that a module lacks in a copy of it", async () => {
    await pretendGo();
    const completes = {
      module: "example.com/ui@v1.0.0",
      into: "ui",
      files: { "ui/dist/index.html": "page" },
    };
    await buildGoProgram({ folder: "one", completes }, sources(), join(home, "out"));
    const files = (await readFile(join(home, "out"), "utf8")).split("\n");
    expect(files).toEqual(expect.arrayContaining(["./go.mod", "./ui/ui/web.go", "./ui/ui/dist/index.html"]));
  });

  it("is built when the one before is done, even when that one failed", async () => {
    const log = await pretendGo();
    const builds = await Promise.allSettled([
      buildGoProgram({ folder: "one", package: "example.com/a" }, sources(), join(home, "a")),
      buildGoProgram({ folder: "missing" }, sources(), join(home, "b")),
      buildGoProgram({ folder: "one", package: "example.com/c" }, sources(), join(home, "c")),
    ]);
    expect(builds.map((build) => build.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    const lines = await log();
    expect(lines.map((line) => line.split(" ")[0])).toEqual(["begin", "end", "begin", "end"]);
    expect(lines[0]).toMatch(/^begin build .* example\.com\/a$/);
  });

  it("needs Go, and says so where there is none", async () => {
    process.env.PATH = home;
    const build = buildGoProgram({ folder: "one" }, sources(), join(home, "out"));
    await expect(build).rejects.toThrow(SetupError);
    await expect(build).rejects.toThrow("the stand-in of one is built from Go modules: install Go");
  });
});
