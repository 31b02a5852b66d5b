import { access, constants, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { attempt, run } from "../images/command";
import { SetupError, type Step } from "../step";
import {
  cliFolder,
  type PluginName,
  packageVersion,
  pluginFile,
  pulumiHome,
  toolchainFolder,
  type Way,
} from "./layout";
import { atLeast, readVersion } from "./version";

type PathWay = Extract<Way, { kind: "path" }>;

/**
 * The user's own CLI, when there is one on PATH that fits: not older than the SDK, which may use what an older CLI
 * doesn't know, and of the same major version.
 */
export async function ownCli(): Promise<PathWay | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    // Ours is on PATH too, in a shell that has the environment of `npm run env`.
    if (folder === "" || !relative(toolchainFolder(), folder).startsWith("..")) continue;
    const way = await pathWay(folder);
    if (way === undefined) continue;
    const { stdout } = await attempt(join(folder, "pulumi"), ["version"]);
    return fits(stdout) ? way : undefined;
  }
  return undefined;
}

/** Whether a CLI that gives this version works with the SDK. */
export function fits(printed: string, sdk = packageVersion("pulumi")): boolean {
  const [version, oldest] = [readVersion(printed), readVersion(sdk)];
  return (
    version !== undefined && oldest !== undefined && version[0] === oldest[0] && atLeast(version, oldest)
  );
}

async function pathWay(folder: string): Promise<PathWay | undefined> {
  try {
    await access(join(folder, "pulumi"), constants.X_OK);
    const { mtimeMs } = await stat(join(folder, "pulumi"));
    return { kind: "path", folder, modified: mtimeMs };
  } catch {
    return undefined;
  }
}

/** The user's own CLI: nothing to be done but to see that it is still the one that was found to fit. */
export function ownCliStep(way: PathWay): Step {
  return {
    title: `Pulumi CLI, your own in ${way.folder}`,
    async done() {
      return (await pathWay(way.folder))?.modified === way.modified;
    },
    async run() {
      throw new SetupError(`The Pulumi CLI in ${way.folder} has changed: start again`);
    },
  };
}

/** The CLI of the SDK's version, with its language hosts, from Pulumi's download host. */
export function downloadCliStep(): Step {
  const folder = cliFolder({ kind: "download" });
  return {
    title: `Pulumi CLI ${packageVersion("pulumi")}`,
    async done() {
      return (await pathWay(folder)) !== undefined;
    },
    async run() {
      // Imported here only: it takes most of a second.
      const { PulumiCommand } = await import("@pulumi/pulumi/automation");
      await PulumiCommand.install({ root: join(folder, "..") });
    },
  };
}

/** A plugin, installed by the CLI itself. */
export function downloadPluginStep(name: PluginName, way: Way): Step {
  const home = homeOf(way);
  const version = packageVersion(name);
  return {
    title: `Pulumi plugin ${name} ${version}`,
    async done() {
      return access(pluginFile(name, home), constants.X_OK).then(
        () => true,
        () => false,
      );
    },
    async run() {
      const args = ["plugin", "install", "resource", name, version];
      const env = { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
      await run(join(cliFolder(way), "pulumi"), args, { env });
    },
  };
}

function homeOf(way: Way): string {
  if (way.kind !== "path") return pulumiHome();
  return process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
}
