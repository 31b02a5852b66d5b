import { resolveImage } from "../../lib/image";
import type { Step } from "../step";
import { buildImage, localImage, pushImage, tagImage } from "./docker";
import { registryHas } from "./registry";
import { stampLabel, stampOf } from "./stamp";

/** One release of an image that is built here. */
export interface ReleaseImage {
  readonly title: string;
  readonly tag: string;
  /** Registry to put it on besides the engine's own store. */
  readonly mirror: string | undefined;
  /** Build arguments. */
  readonly args: Readonly<Record<string, string>>;
  /** What it is built from besides the arguments: values and folders. A change builds it anew. */
  readonly sources: { readonly values: readonly unknown[]; readonly folders: readonly string[] };
  /** Name of an image that it is built on and that may change under the same name. */
  readonly changingBase: string | undefined;
  readonly labels?: Readonly<Record<string, string>>;
  /** Makes the build context, or finds the one that is there. */
  readonly context: () => Promise<string>;
}

/** Builds the release and puts it on the mirror. */
export function releaseImageStep(image: ReleaseImage): Step {
  const { title, tag, mirror, args, sources, changingBase } = image;
  const mirrored = mirror === undefined ? undefined : resolveImage(tag, { mirror });
  const stamp = async () => {
    const baseId = changingBase === undefined ? undefined : (await localImage(changingBase))?.id;
    return stampOf([args, baseId, ...sources.values], sources.folders);
  };
  return {
    title,
    async done() {
      const local = await localImage(mirrored ?? tag);
      if (local?.labels[stampLabel] !== (await stamp())) return false;
      if (mirrored === undefined) return true;
      return (await localImage(tag))?.id === local.id && (await registryHas(mirrored, local));
    },
    async run() {
      const context = await image.context();
      const labels = { ...image.labels, [stampLabel]: await stamp() };
      await buildImage({ context, tag, args, labels });
      if (mirrored === undefined) return;
      await tagImage(tag, mirrored);
      await pushImage(mirrored);
    },
  };
}
