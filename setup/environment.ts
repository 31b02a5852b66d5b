import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { contextHost } from "./docker";
import { dataFolder } from "./paths";
import { cliFolder, pulumiHome, readWay } from "./toolchain/layout";

/**
 * The environment that `pulumi` and `docker` run in: this process's own, and on top of it the tools that the set-up
 * brought, the state and the passphrase of its secrets. What the user has set is left as it is: PULUMI_BACKEND_URL
 * (even when empty, which is "where I am logged in"), PULUMI_CONFIG_PASSPHRASE and its _FILE, PULUMI_PARALLEL and
 * DOCKER_HOST.
 *
 * In a shell: `eval "$(npm run --silent env)"`.
 */
export function toolEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, ...toolVariables() };
}

/** Only what {@link toolEnvironment} adds. */
export function toolVariables(): Record<string, string> {
  return { ...toolchainVariables(), ...stateVariables(), ...engineVariables(), ...settings() };
}

function toolchainVariables(): Record<string, string> {
  const way = readWay();
  if (way === undefined) return {};
  const path = { PATH: inFront(cliFolder(way), process.env.PATH ?? "") };
  if (way.kind === "path") return path;
  const home = { ...path, PULUMI_HOME: pulumiHome() };
  // There is nowhere to get a missing plugin from, and the attempt takes long to fail.
  return way.kind === "download" ? home : { ...home, PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" };
}

function inFront(folder: string, path: string): string {
  return [folder, ...path.split(delimiter).filter((other) => other !== folder)].join(delimiter);
}

function stateVariables(): Record<string, string> {
  const variables: Record<string, string> = {};
  if (process.env.PULUMI_BACKEND_URL === undefined) variables.PULUMI_BACKEND_URL = stateFolder();
  const { PULUMI_CONFIG_PASSPHRASE: passphrase, PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
  if (passphrase === undefined && file === undefined) {
    variables.PULUMI_CONFIG_PASSPHRASE_FILE = passphraseFile();
  }
  return variables;
}

function stateFolder(): string {
  const folder = join(dataFolder(), "state");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return pathToFileURL(folder).href;
}

/** Made at the first use. Whoever loses it loses the stack's secrets: it belongs into the operator's backup. */
function passphraseFile(): string {
  const file = join(dataFolder(), "passphrase");
  if (existsSync(file)) return file;
  mkdirSync(dataFolder(), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, randomBytes(32).toString("base64"), { mode: 0o600 });
  try {
    // Unlike a rename, this leaves the passphrase alone that another process has made meanwhile.
    linkSync(temporary, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(temporary);
  }
  return file;
}

/** The plugins know DOCKER_HOST, but nothing of the context that `docker context use` has chosen. */
function engineVariables(): Record<string, string> {
  const host = contextHost();
  return host === undefined ? {} : { DOCKER_HOST: host };
}

function settings(): Record<string, string> {
  const skip = { PULUMI_SKIP_UPDATE_CHECK: "true" };
  // Waiting for health checks costs no CPU, and with the default of four a core containers queue up for it.
  return process.env.PULUMI_PARALLEL === undefined ? { ...skip, PULUMI_PARALLEL: "64" } : skip;
}
