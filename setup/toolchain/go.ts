import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt } from "../images/command";
import { SetupError, type Step } from "../step";
import { aptInstall, aptPackages, canUseApt } from "./apt";
import { atLeast, readVersion } from "./version";

/** A Go that can build the modules. */
export interface Go {
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** From this version on Go gets the newer version that a module asks for itself, as a module too. */
const oldestThatUpgrades = [1, 21];

/** The version that the modules ask for. */
async function neededVersion(): Promise<number[]> {
  const module = await readFile(join(__dirname, "cli", "go.mod"), "utf8");
  return readVersion(/^go .+$/m.exec(module)?.[0] ?? "") ?? oldestThatUpgrades;
}

/** Where Go may be besides PATH: its own installer's folder, and those of Debian's packages. */
async function candidates(): Promise<string[]> {
  const packaged = await readdir("/usr/lib").catch((): string[] => []);
  const folders = packaged.filter((name) => /^go-1\.\d+$/.test(name)).map((name) => join("/usr/lib", name));
  return ["go", ...["/usr/local/go", ...folders].map((folder) => join(folder, "bin", "go"))];
}

/** The first Go that is new enough, or else one that can get a newer one. */
export async function findGo(): Promise<Go | undefined> {
  const needed = await neededVersion();
  let upgrading: Go | undefined;
  for (const program of await candidates()) {
    const { stdout } = await attempt(program, ["version"], { env: { GOTOOLCHAIN: "local" } });
    const version = readVersion(stdout);
    if (version === undefined) continue;
    if (atLeast(version, needed)) return { program, environment: {} };
    if (atLeast(version, oldestThatUpgrades)) upgrading ??= { program, environment: { GOTOOLCHAIN: "auto" } };
  }
  return upgrading;
}

/** Go itself, which builds the rest. */
export function goStep(): Step {
  return {
    title: "Go",
    async done() {
      return (await findGo()) !== undefined;
    },
    async run() {
      const name = (await canUseApt()) ? newestPackage(await aptPackages("golang-1.")) : undefined;
      if (name === undefined) throw await goMissing();
      await aptInstall(name);
      if ((await findGo()) === undefined) throw await goMissing();
    },
  };
}

/** The newest of Debian's Go packages that is of use, by names like golang-1.24-go. */
export function newestPackage(names: readonly string[]): string | undefined {
  const packages = names.flatMap((name) => {
    const minor = Number(/^golang-1\.(\d+)-go$/.exec(name)?.[1]);
    return minor >= (oldestThatUpgrades[1] ?? 0) ? [{ name, minor }] : [];
  });
  return packages.sort((one, other) => other.minor - one.minor)[0]?.name;
}

async function goMissing(): Promise<SetupError> {
  const needed = (await neededVersion()).join(".");
  return new SetupError(
    [
      "Pulumi's download host can't be reached, so its tools are built from Go modules, and that needs Go.",
      `Install Go ${needed} or later from https://go.dev/dl, or version ${oldestThatUpgrades.join(".")} or later from`,
      "your distribution (Debian 12: `apt-get install -t bookworm-backports golang-go`), and start again.",
      "Or install the Pulumi CLI with its plugins yourself.",
    ].join("\n"),
  );
}
