import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { resolveImage } from "../../lib/image";
import { cacheFolder, repository } from "../paths";
import { runStep, SetupError, type Step } from "../step";
import { run } from "./command";
import { buildImage, localImage, pushImage, tagImage, withContext } from "./docker";
import { pins } from "./pins";
import { registryHas } from "./registry";
import { isSource, stampLabel, stampOf } from "./stamp";

/** One of the images of the sample application. */
interface SamplePart {
  /** Folder in sample/, and the end of the image's name. */
  readonly name: string;
  /** Build argument that names the base, and the base. */
  readonly baseArgument: string;
  readonly base: string;
}

const parts: readonly SamplePart[] = [
  { name: "backend", baseArgument: "NODE_IMAGE", base: pins.node },
  { name: "frontend", baseArgument: "CADDY_IMAGE", base: pins.caddy },
];

export interface SampleOptions {
  /** Registry to take the bases from and to put the images on as well: `localhost:5000` when air-gapped. */
  readonly mirror?: string;
  /** What the backend of this release does wrong on purpose, to try a bad release: see sample/README.md. */
  readonly misbehave?: string;
}

/**
 * Builds a release of the sample: `slipway/sample-backend:<version>` and `slipway/sample-frontend:<version>` in the
 * engine's own store, and on the mirror when there is one.
 *
 * @throws {SetupError} when the version can't be a tag.
 */
export async function buildSample(version: string, options: SampleOptions = {}): Promise<void> {
  if (!/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/.test(version)) {
    throw new SetupError(`The version of the sample is "${version}": it must look like 1.1.0 or 1.1.0-rc.1.`);
  }
  await Promise.all(parts.map((part) => runStep(sampleStep(part, version, options))));
}

function sampleStep(part: SamplePart, version: string, { mirror, misbehave }: SampleOptions): Step {
  const source = join(repository, "sample", part.name);
  const tag = `slipway/sample-${part.name}:${version}`;
  const mirrored = mirror === undefined ? undefined : resolveImage(tag, { mirror });
  const base = resolveImage(part.base, { mirror });
  const args = {
    [part.baseArgument]: base,
    VERSION: version,
    ...(misbehave !== undefined && part.name === "backend" && { MISBEHAVE: misbehave }),
  };
  const stamp = async () => {
    // A stand-in may change under the same name; what registries have under an exact tag does not.
    const baseId = mirror === undefined ? undefined : (await localImage(base))?.id;
    return stampOf([args, baseId], [source]);
  };
  return {
    title: `sample ${part.name} ${version}`,
    async done() {
      const image = await localImage(mirrored ?? tag);
      if (image?.labels[stampLabel] !== (await stamp())) return false;
      if (mirrored === undefined) return true;
      return (await localImage(tag))?.id === image.id && (await registryHas(mirrored, image));
    },
    async run() {
      const context = await preparedContext(part.name, source);
      await buildImage({ context, tag, args, labels: { [stampLabel]: await stamp() } });
      if (mirrored === undefined) return;
      await tagImage(tag, mirrored);
      await pushImage(mirrored);
    },
  };
}

/** The build context, made once and kept: all releases of the same source share it. */
async function preparedContext(name: string, source: string): Promise<string> {
  const folder = join(cacheFolder(), "images", "sample");
  const context = join(folder, `${name}-${await stampOf([], [source])}`);
  if (existsSync(context)) return context;
  await mkdir(folder, { recursive: true });
  await withContext(`sample-${name}`, async (unfinished) => {
    await prepareContext(source, unfinished);
    const outdated = (await readdir(folder)).filter((entry) => entry.startsWith(`${name}-`));
    await Promise.all(outdated.map((entry) => rm(join(folder, entry), { recursive: true, force: true })));
    await rename(unfinished, context);
  });
  return context;
}

/**
 * Copies the source and makes what the image needs of it: `dist` and the production `node_modules`. This happens
 * outside of `docker build`, so that no network and no registry configuration enters an image.
 */
async function prepareContext(source: string, context: string): Promise<void> {
  await cp(source, context, { recursive: true, filter: (path) => isSource(basename(path)) });
  const manifest = await readFile(join(context, "package.json"), "utf8").catch(() => undefined);
  if (manifest === undefined) return;
  const npm = (...args: string[]) => run("npm", args, { cwd: context });
  await npm("ci", "--ignore-scripts");
  if (JSON.parse(manifest).scripts?.build !== undefined) await npm("run", "build");
  await npm("prune", "--omit=dev", "--ignore-scripts");
  await refuseNativeModules(context);
}

/** What was compiled for this machine need not fit the image. */
async function refuseNativeModules(context: string): Promise<void> {
  const modules = join(context, "node_modules");
  const files = await readdir(modules, { recursive: true }).catch(() => []);
  const native = files.find((file) => file.endsWith(".node"));
  if (native !== undefined) {
    throw new SetupError(`The sample needs ${native}, a native module: use packages of JavaScript only.`);
  }
}
