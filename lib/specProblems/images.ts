import type { AppSpec } from "../../apps/spec";
import { isPinned, parseImage, pinForm } from "../image";
import { imageSpecs } from "../imageSpecs";
import { needOf } from "../pinSchema";

/** Pins that are none, or of versions that nothing here is made for. */
export function imageProblems(app: AppSpec): string[] {
  const { images, lockstep = [] } = app;
  return [
    ...Object.entries(imageSpecs(app)).flatMap(([image, { default: pin }]) => {
      if (pin === undefined) return [];
      const { accepts, form } = needOf(app, image);
      const told = isPinned(pin) ? form : pinForm;
      return isPinned(pin) && accepts(pin) ? [] : [`images.${image}.default is "${pin}": it must be ${told}`];
    }),
    ...Object.entries(images).flatMap(([image, { repository }]) =>
      repository === undefined || isRepository(repository)
        ? []
        : [
            `images.${image}.repository is "${repository}": it must be an image without a tag, such as ghcr.io/org/app`,
          ],
    ),
    ...lockstep
      .filter((image) => images[image] === undefined)
      .map((image) => `lockstep refers to "${image}", which is not in images`),
    ...(lockstep.length === 1
      ? [`lockstep has ${lockstep[0]} alone: name at least two images, or take it out`]
      : []),
  ];
}

function isRepository(text: string): boolean {
  const image = parseImage(text);
  return image !== undefined && image.tag === undefined && image.digest === undefined;
}
