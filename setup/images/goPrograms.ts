import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { SetupError } from "../step";
import { attempt, run } from "./command";

/** A program that is built from a Go module. */
export interface GoProgram {
  /** Folder in setup/images/stand-ins; its go.mod says of what, in which versions. */
  readonly folder: string;
  /** The package to build; the one in the folder unless given. */
  readonly package?: string;
  readonly tags?: string;
  /** Go values that are set by the linker. */
  readonly values?: Readonly<Record<string, string>>;
  /** A module whose published form lacks files that it is built with: a `replace` in go.mod leads to the copy. */
  readonly completes?: CompletedModule;
}

interface CompletedModule {
  /** `path@version`. */
  readonly module: string;
  /** Folder that it is copied to, beside go.mod. */
  readonly into: string;
  /** The missing files with their contents. */
  readonly files: Readonly<Record<string, string>>;
}

/** Builds the program, from its folder in `sources`, as a static binary. One at a time: each keeps all cores busy. */
export function buildGoProgram(program: GoProgram, sources: string, binary: string): Promise<void> {
  const built = previous.then(() => build(program, sources, binary));
  previous = built.catch(() => undefined);
  return built;
}

let previous: Promise<unknown> = Promise.resolve();

async function build(program: GoProgram, sources: string, binary: string): Promise<void> {
  const { failure } = await attempt("go", ["version"]);
  if (failure !== undefined) {
    throw new SetupError(
      `No image registry answers, and the stand-in of ${program.folder} is built from Go modules: ` +
        "install Go (https://go.dev/dl/), or let the machine reach an image registry.",
    );
  }
  const folder = await mkdtemp(join(tmpdir(), "slipway-go-"));
  try {
    await cp(join(sources, program.folder), folder, { recursive: true });
    if (program.completes !== undefined) await complete(program.completes, folder);
    await run("go", ["build", ...flags(program), "-o", binary, program.package ?? "."], {
      cwd: folder,
      env: { CGO_ENABLED: "0" },
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Command line of `go build`. With the same flags for all, what the programs share is compiled once. */
export function flags(program: GoProgram): string[] {
  const values = Object.entries(program.values ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const link = ["-s", "-w", ...values].join(" ");
  const tags = program.tags === undefined ? [] : ["-tags", program.tags];
  return ["-mod=readonly", "-trimpath", "-buildvcs=false", ...tags, "-ldflags", link];
}

async function complete({ module, into, files }: CompletedModule, folder: string): Promise<void> {
  const { Dir } = JSON.parse(await run("go", ["mod", "download", "-json", module], { cwd: folder }));
  const copy = join(folder, into);
  // Modules are kept read-only; without their modes what is copied can be written to and removed.
  await run("cp", ["-r", "--no-preserve=mode", Dir, copy]);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(copy, name)), { recursive: true });
    await writeFile(join(copy, name), text);
  }
}
