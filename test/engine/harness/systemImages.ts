import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AppSpec } from "../../../apps/spec";
import { resolveImage } from "../../../lib/image";
import { pins } from "../../../setup/images/pins";
import { releaseImageStep } from "../../../setup/images/releaseImage";
import { keptContext, prepareSource } from "../../../setup/images/sourceContext";
import { stampOf } from "../../../setup/images/stamp";
import { gatherParts, type Parts } from "../../../setup/images/standIn";
import { repository } from "../../../setup/paths";
import { runStep, type Step } from "../../../setup/step";
import { imageMirror } from "./images";

/** Stand-ins for the images that are a system's own. What it takes from others, the set-up has. */
export interface SystemImages {
  readonly app: AppSpec;
  /**
   * What each has besides the files of its folder, `test/images/<system>/<key>`, by its key in the system's `images`.
   */
  readonly images: Readonly<Record<string, Omit<Parts, "suite">>>;
  /** Value of the build argument MISBEHAVE by the release that goes wrong. */
  readonly misbehaviours?: Readonly<Record<string, string>>;
}

const sources = join(repository, "test", "images");
const common = join(sources, "common");
const base = "slipway/test-images-base:1";

/** Sees to it that these releases of the images are there; those that are take no time. */
export async function buildSystemImages(system: SystemImages, releases: readonly string[]): Promise<void> {
  const mirror = await imageMirror();
  await runStep(baseStep(mirror));
  await Promise.all(Object.keys(system.images).map((key) => buildReleases(system, key, releases, mirror)));
}

/** Pins of a release, one for each image, as the setting `images` has them. */
export function systemPins(system: SystemImages, release: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.keys(system.images).map((key) => [key, `${repositoryOf(system.app, key)}:${release}`]),
  );
}

/** The spec's own, or one that says of which system it is: then nothing but a stack's pin names it. */
function repositoryOf(app: AppSpec, key: string): string {
  const image = app.images[key];
  if (image === undefined) throw new Error(`${app.name} has no image ${key}`);
  return image.repository ?? `${app.name}/${key.toLowerCase()}`;
}

/** What all have in common, from test/images/common. It stays on this machine. */
function baseStep(mirror: string | undefined): Step {
  const node = resolveImage(pins.node, { mirror });
  return releaseImageStep({
    title: "base of the systems' images",
    tag: base,
    mirror: undefined,
    args: { NODE_IMAGE: node },
    sources: { values: [], folders: [common] },
    changingBase: mirror === undefined ? undefined : node,
    context: async () =>
      keptContext({
        kind: "test",
        name: "common",
        stamp: await stampOf([], [common]),
        prepare: (context) => prepareSource(common, context),
      }),
  });
}

/** One after the other: they share the build context and all layers but the last. */
async function buildReleases(
  system: SystemImages,
  key: string,
  releases: readonly string[],
  mirror: string | undefined,
): Promise<void> {
  for (const release of releases) await runStep(releaseStep(system, key, release, mirror));
}

function releaseStep(system: SystemImages, key: string, release: string, mirror: string | undefined): Step {
  const { app, images, misbehaviours } = system;
  const source = join(sources, app.name, key);
  const image = repositoryOf(app, key);
  // Its base is Debian bookworm in both forms: the original and the stand-in.
  const parts: Parts = { suite: "bookworm", ...images[key] };
  const description = `Stand-in for ${image} ${release} in the tests of Slipway. Not for production.`;
  const misbehaviour = misbehaviours?.[release];
  return releaseImageStep({
    title: `${image}:${release}`,
    tag: `${image}:${release}`,
    mirror,
    args: {
      BASE: base,
      VERSION: release,
      ...(misbehaviour !== undefined && { MISBEHAVE: misbehaviour }),
    },
    sources: { values: [parts, description], folders: [source] },
    changingBase: base,
    labels: { "stand-in": "true", "org.opencontainers.image.description": description },
    context: async () =>
      keptContext({
        kind: "test",
        name: `${app.name}-${key}`,
        stamp: await stampOf([parts], [source]),
        prepare: async (context) => {
          await cp(source, context, { recursive: true });
          await gatherParts(parts, sources, context);
          await writeFile(join(context, "stand-in"), `Stand-in for ${image}. Not for production.\n`);
        },
      }),
  });
}
