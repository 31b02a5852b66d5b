import { join } from "node:path";
import { resolveImage } from "../../lib/image";
import { repository } from "../paths";
import { runStep, SetupError, type Step } from "../step";
import { pins } from "./pins";
import { releaseImageStep } from "./releaseImage";
import { keptContext, prepareSource } from "./sourceContext";
import { stampOf } from "./stamp";

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
  const base = resolveImage(part.base, { mirror });
  return releaseImageStep({
    title: `sample ${part.name} ${version}`,
    tag: `slipway/sample-${part.name}:${version}`,
    mirror,
    args: {
      [part.baseArgument]: base,
      VERSION: version,
      ...(misbehave !== undefined && part.name === "backend" && { MISBEHAVE: misbehave }),
    },
    sources: { values: [], folders: [source] },
    // A stand-in may change under the same name; what registries have under an exact tag does not.
    changingBase: mirror === undefined ? undefined : base,
    context: async () =>
      keptContext({
        kind: "sample",
        name: part.name,
        stamp: await stampOf([], [source]),
        prepare: (context) => prepareSource(source, context),
      }),
  });
}
