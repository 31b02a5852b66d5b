import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { resolveImage } from "../../lib/image";
import type { Step } from "../step";
import { baseImage, baseVersion } from "./base";
import { type Suite, unpackPackages } from "./debian";
import { buildImage, localImage, pushImage, withContext } from "./docker";
import { buildGoProgram, type GoProgram } from "./goPrograms";
import { installNpmProject, unpackMavenArtifact, unpackNpmPackage } from "./packages";
import { registryAddress, registryHas } from "./registry";
import { stampLabel, stampOf } from "./stamp";

/**
 * An image built on this machine in place of one that no registry can deliver. It keeps its original's user id, paths,
 * ports and command line, so that the same container arguments serve both, and says at start what it is.
 */
export interface StandIn extends Parts {
  /** Folder with its Dockerfile and entry point, in setup/images/stand-ins. */
  readonly folder: string;
  /** The image that it stands in for, with its exact tag. */
  readonly image: string;
  /** What it has instead, in a few words. `{version}` is the version of the first package. */
  readonly contents: string;
  /** The stand-in that it is built on. @default the Debian base */
  readonly on?: StandIn;
  /** Added to the build arguments. */
  readonly args?: Readonly<Record<string, string>>;
}

/** What an image is put together from, besides the files of its folder. */
export interface Parts {
  /** Debian release of its base and its packages. */
  readonly suite: Suite;
  /** Debian packages, separated by white space, by the folder of the build context that they are unpacked into. */
  readonly debianPackages?: Readonly<Record<string, string>>;
  /** npm packages, `name@version`, by the folder of the build context. */
  readonly npmPackages?: Readonly<Record<string, string>>;
  /** Folders of the build context with a package-lock.json, whose packages are installed there. */
  readonly npmProjects?: readonly string[];
  /** Archives of Maven repositories, `group:artifact:version:zip`, by the folder of the build context. */
  readonly mavenArtifacts?: Readonly<Record<string, string>>;
  /** Go programs; their binaries go into the build context as `<key>`. */
  readonly goPrograms?: Readonly<Record<string, GoProgram>>;
}

const sources = join(__dirname, "stand-ins");

/** Hash of everything that the stand-in is built from. */
export function standInStamp(standIn: StandIn): Promise<string> {
  return stampOf(
    [standIn, baseVersion],
    [...new Set(foldersOf(standIn))].map((folder) => join(sources, folder)),
  );
}

/** Not only its own: a program may be another stand-in's too. */
function foldersOf({ folder, goPrograms, on }: StandIn): string[] {
  const programs = Object.values(goPrograms ?? {}).map((program) => program.folder);
  return [folder, ...programs, ...(on === undefined ? [] : foldersOf(on))];
}

/**
 * Builds the stand-in under a name. Its parts are gathered at once, `base` is awaited only before they are put
 * together: compiling and downloading don't need it.
 */
export function buildStandIn(standIn: StandIn, tag: string, base: Promise<unknown>): Promise<void> {
  return withContext(standIn.folder, async (context) => {
    await cp(join(sources, standIn.folder), context, { recursive: true });
    const version = await gatherParts(standIn, sources, context);
    const description = `Stand-in for ${standIn.image}: ${standIn.contents.replace("{version}", version)}`;
    await writeFile(join(context, "stand-in"), `${description}. Not for production.\n`);
    await base;
    await buildImage({
      context,
      tag,
      args: {
        BASE: standIn.on === undefined ? baseImage(standIn.suite) : tagOf(standIn.on),
        ...standIn.args,
      },
      labels: {
        "stand-in": "true",
        "org.opencontainers.image.description": description,
        [stampLabel]: await standInStamp(standIn),
      },
    });
  });
}

/**
 * Puts packages and programs, whose folders are in `sources`, into the build context. Returns the version of the first
 * Debian package, if any.
 */
export async function gatherParts(parts: Parts, sources: string, context: string): Promise<string> {
  const debian = Object.entries(parts.debianPackages ?? {}).map(([folder, packages]) =>
    unpackPackages(parts.suite, packages.trim().split(/\s+/), join(context, folder)),
  );
  const npm = Object.entries(parts.npmPackages ?? {}).map(([folder, specifier]) =>
    unpackNpmPackage(specifier, join(context, folder)),
  );
  const projects = (parts.npmProjects ?? []).map((folder) => installNpmProject(join(context, folder)));
  const maven = Object.entries(parts.mavenArtifacts ?? {}).map(([folder, artifact]) =>
    unpackMavenArtifact(artifact, join(context, folder)),
  );
  const go = Object.entries(parts.goPrograms ?? {}).map(([binary, program]) =>
    buildGoProgram(program, sources, join(context, binary)),
  );
  const [versions] = await Promise.all([
    Promise.all(debian),
    Promise.all([...npm, ...projects, ...maven]),
    Promise.all(go),
  ]);
  return versions[0] ?? "";
}

/** Makes the stand-in and puts it on the local registry. */
export function standInStep(standIn: StandIn, base: Promise<unknown>, registry: Promise<unknown>): Step {
  const tag = tagOf(standIn);
  const current = async () => {
    const image = await localImage(tag);
    return image?.labels[stampLabel] === (await standInStamp(standIn)) ? image : undefined;
  };
  return {
    title: `stand-in for ${standIn.image}`,
    async done() {
      const image = await current();
      if (image === undefined) return false;
      await registry;
      return registryHas(tag, image);
    },
    async run() {
      if ((await current()) === undefined) await buildStandIn(standIn, tag, base);
      await registry;
      await pushImage(tag);
    },
  };
}

/** Its name on the local registry. */
function tagOf(standIn: StandIn): string {
  return resolveImage(standIn.image, { mirror: registryAddress });
}
