import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, repository } from "../paths";

/** Everything of the toolchain that the set-up brings, below the cache folder. */
export function toolchainFolder(...path: string[]): string {
  return join(cacheFolder(), "toolchain", ...path);
}

/** PULUMI_HOME of a toolchain that the set-up brings. A user's own CLI keeps the user's own. */
export function pulumiHome(): string {
  return toolchainFolder("home");
}

/**
 * Where the Pulumi CLI comes from:
 * `path` the user's own, found on PATH; `download` from Pulumi's download host; `modules` built from Go modules.
 */
export type Way =
  | { readonly kind: "path"; readonly folder: string; readonly modified: number }
  | { readonly kind: "download" }
  | { readonly kind: "modules" };

const wayFile = () => toolchainFolder("way.json");

/** The way that the last set-up took, or undefined when there has been none. */
export function readWay(): Way | undefined {
  try {
    return JSON.parse(readFileSync(wayFile(), "utf8"));
  } catch {
    return undefined;
  }
}

export function writeWay(way: Way): void {
  mkdirSync(toolchainFolder(), { recursive: true });
  // At once or not at all: a half-written file would be read by a `pulumi` that is started meanwhile.
  const temporary = `${wayFile()}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(way));
  renameSync(temporary, wayFile());
}

/** The folder with the `pulumi` of the way. */
export function cliFolder(way: Way): string {
  if (way.kind === "path") return way.folder;
  return way.kind === "download" ? toolchainFolder("download", "bin") : toolchainFolder("bin");
}

/** The resource plugins that every stack needs. The cloud plugins come with the stacks that use them. */
export const pluginNames = ["docker", "random", "command"] as const;
export type PluginName = (typeof pluginNames)[number];

/** The exact version in package.json: a plugin has the version of its npm package, the CLI that of the SDK. */
export function packageVersion(name: PluginName | "pulumi"): string {
  const { dependencies } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  return dependencies[`@pulumi/${name}`];
}

/** Where the CLI looks for the plugin. */
export function pluginFile(name: PluginName, home: string): string {
  return join(home, "plugins", `resource-${name}-v${packageVersion(name)}`, `pulumi-resource-${name}`);
}
