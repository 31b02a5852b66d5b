import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../images/command";
import type { Step } from "../step";
import { findGo, type Go } from "./go";
import { goProcesses } from "./lanes";
import { packageVersion, pluginFile, pluginNames, pulumiHome, toolchainFolder } from "./layout";

/** A program of the toolchain, built from one of the module folders beside this file. */
export interface Piece {
  readonly title: string;
  /** The module's folder. */
  readonly folder: string;
  /** The package to build; the module's own unless given. */
  readonly package?: string;
  /** Go values that are set by the linker. */
  readonly values?: Readonly<Record<string, string>>;
  readonly tags?: string;
  /** Whether `go run ./schema` writes the schema.json that the program embeds. */
  readonly schema?: boolean;
  /** Where the program goes. */
  readonly target: string;
  /** Scripts of the module, and where they go. */
  readonly scripts?: Readonly<Record<string, string>>;
}

/** The pieces, those first that take longest. */
export function pieces(): Piece[] {
  const pulumi = "github.com/pulumi/pulumi";
  const cli: Piece = {
    title: `Pulumi CLI ${packageVersion("pulumi")}, built from Go modules`,
    folder: "cli",
    package: `${pulumi}/pkg/v3/cmd/pulumi`,
    values: { [`${pulumi}/sdk/v3/go/common/version.Version`]: `v${packageVersion("pulumi")}` },
    target: toolchainFolder("bin", "pulumi"),
  };
  const languageHost: Piece = {
    title: "Pulumi language host for Node.js, built from Go modules",
    folder: "language-nodejs",
    package: `${pulumi}/sdk/v3/nodejs/cmd/pulumi-language-nodejs`,
    target: toolchainFolder("bin", "pulumi-language-nodejs"),
    scripts: {
      "pulumi-resource-pulumi-nodejs": toolchainFolder("bin"),
      // In PULUMI_HOME: the CLI warns of a plugin that it finds on PATH.
      "pulumi-analyzer-policy-slipway": join(pulumiHome(), "plugins", "analyzer-policy-slipway-v1.0.0"),
    },
  };
  const details: Record<(typeof pluginNames)[number], Partial<Piece>> = {
    docker: { schema: true, tags: "no_compose" },
    random: { schema: true },
    command: { title: `Pulumi plugin command ${packageVersion("command")}: a stand-in of our own` },
  };
  const plugins = pluginNames.map((name) => ({
    title: `Pulumi plugin ${name} ${packageVersion(name)}, built from Go modules`,
    folder: `${name}-plugin`,
    target: pluginFile(name, pulumiHome()),
    ...details[name],
  }));
  return [cli, ...plugins, languageHost];
}

/** The step that builds the piece, unless what is there was built from the very same files. */
export function pieceStep(piece: Piece): Step {
  const stamp = toolchainFolder("stamps", piece.folder);
  return {
    title: piece.title,
    async done() {
      const [built, wanted, target] = await Promise.all([
        readFile(stamp, "utf8").catch(() => ""),
        fingerprint(piece),
        readdir(join(piece.target, "..")).catch((): string[] => []),
      ]);
      return built === wanted && target.some((name) => piece.target.endsWith(`/${name}`));
    },
    async run() {
      const go = await findGo();
      if (go === undefined) throw new Error("the step for Go comes before those that need it");
      const wanted = await fingerprint(piece);
      await build(piece, go);
      await mkdir(join(stamp, ".."), { recursive: true });
      await writeFile(stamp, wanted);
    },
  };
}

/** Changes with any file of the module, and with the way it is built. */
export async function fingerprint(piece: Piece): Promise<string> {
  const folder = join(__dirname, piece.folder);
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  const { package: built, values, tags } = piece;
  const hash = createHash("sha256").update(JSON.stringify([built, values, tags]));
  for (const name of names.sort()) {
    hash.update(name.slice(folder.length)).update(await readFile(name));
  }
  return hash.digest("hex");
}

async function build(piece: Piece, go: Go): Promise<void> {
  // A copy, as the schema is written into it; of this process alone, as another set-up may run meanwhile.
  const source = toolchainFolder("build", `${piece.folder}.${process.pid}`);
  const program = toolchainFolder("build", `${piece.folder}.${process.pid}.out`);
  // Without cgo no C compiler is needed. With the same flags for all, what the pieces share is compiled once.
  const env = { ...go.environment, CGO_ENABLED: "0", GOWORK: "off" };
  const flags = ["-mod=readonly", "-buildvcs=false", "-trimpath", "-p", String(goProcesses())];
  if (piece.tags !== undefined) flags.push("-tags", piece.tags);
  try {
    await rm(source, { recursive: true, force: true });
    await cp(join(__dirname, piece.folder), source, { recursive: true });
    if (piece.schema) {
      const schema = await run(go.program, ["run", ...flags, "./schema"], { cwd: source, env });
      await writeFile(join(source, "schema.json"), schema);
    }
    const link = [
      "-s",
      "-w",
      ...Object.entries(piece.values ?? {}).map(([name, value]) => `-X ${name}=${value}`),
    ];
    const args = ["build", ...flags, "-ldflags", link.join(" "), "-o", program, piece.package ?? "."];
    await run(go.program, args, { cwd: source, env });
    await install(piece, source, program);
  } finally {
    await rm(source, { recursive: true, force: true });
    await rm(program, { force: true });
  }
}

async function install(piece: Piece, source: string, program: string): Promise<void> {
  const folder = join(piece.target, "..");
  await mkdir(folder, { recursive: true });
  for (const [script, where] of Object.entries(piece.scripts ?? {})) {
    await mkdir(where, { recursive: true });
    await cp(join(source, "scripts", script), join(where, script));
  }
  // Kept beside the plugin, for the check that its names are those of the npm package.
  if (piece.schema) await cp(join(source, "schema.json"), join(folder, "schema.json"));
  // Last, and in one go: the program being there is the sign that the rest is.
  await rename(program, piece.target);
}
