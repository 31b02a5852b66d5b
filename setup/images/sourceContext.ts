import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { cacheFolder } from "../paths";
import { SetupError } from "../step";
import { run } from "./command";
import { withContext } from "./docker";
import { isSource } from "./stamp";

export interface KeptContext {
  /** Folder in the cache, and the beginning of the context's own name. */
  readonly kind: string;
  readonly name: string;
  /** Of all that goes in. What has another stamp is removed. */
  readonly stamp: string;
  readonly prepare: (context: string) => Promise<void>;
}

/** A build context, made once and kept: all releases of the same source share it. */
export async function keptContext({ kind, name, stamp, prepare }: KeptContext): Promise<string> {
  const folder = join(cacheFolder(), "images", kind);
  const context = join(folder, `${name}-${stamp}`);
  if (existsSync(context)) return context;
  await mkdir(folder, { recursive: true });
  await withContext(`${kind}-${name}`, async (unfinished) => {
    await prepare(unfinished);
    const outdated = (await readdir(folder)).filter((entry) => isStamped(entry, name));
    await Promise.all(outdated.map((entry) => rm(join(folder, entry), { recursive: true, force: true })));
    await rename(unfinished, context);
  });
  return context;
}

/** Not `app-server-0123…` when the name is `app`. */
function isStamped(entry: string, name: string): boolean {
  return entry.startsWith(`${name}-`) && /^[0-9a-f]{16}$/.test(entry.slice(name.length + 1));
}

/**
 * Copies the source and makes what the image needs of it: `dist` and the production `node_modules`. This happens
 * outside of `docker build`, so that no network and no registry configuration enters an image.
 *
 * @throws {SetupError} when it needs a module that was compiled for this machine.
 */
export async function prepareSource(source: string, context: string): Promise<void> {
  await cp(source, context, { recursive: true, filter: (path) => isSource(basename(path)) });
  const manifest = await readFile(join(context, "package.json"), "utf8").catch(() => undefined);
  if (manifest === undefined) return;
  const npm = (...args: string[]) => run("npm", args, { cwd: context });
  await npm("ci", "--ignore-scripts");
  if (JSON.parse(manifest).scripts?.build !== undefined) await npm("run", "build");
  await npm("prune", "--omit=dev", "--ignore-scripts");
  await refuseNativeModules(source, context);
}

/** What was compiled for this machine need not fit the image. */
async function refuseNativeModules(source: string, context: string): Promise<void> {
  const modules = join(context, "node_modules");
  const files = await readdir(modules, { recursive: true }).catch(() => []);
  const native = files.find((file) => file.endsWith(".node"));
  if (native !== undefined) {
    throw new SetupError(`${source} needs ${native}, a native module: use packages of JavaScript only.`);
  }
}
