import { parseImage, resolveImage } from "../image";
import { type InspectedContainer, nameOf } from "./containers";
import { type Finding, failed, ok, warning } from "./finding";

/** What `docker image inspect` says of an image. */
export interface InspectedImage {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
}

export interface Pins {
  /** Of the last update, by the short name of the image. */
  readonly images: Readonly<Record<string, string>>;
  readonly registries: Readonly<Record<string, string | undefined>>;
  readonly mirror: string | undefined;
}

/** Whether what runs is what the pins name, also when a tag has been moved on the machine meanwhile. */
export function judgeImages(
  stack: string,
  containers: readonly InspectedContainer[],
  images: readonly InspectedImage[],
  pins: Pins,
): Finding {
  const what = "images";
  const names = new Set(
    Object.entries(pins.images).map(([image, pin]) =>
      resolveImage(pin, { registry: pins.registries[image], mirror: pins.mirror }),
    ),
  );
  const unpinned = containers.filter(({ Config }) => !names.has(Config.Image) && !isDerived(Config.Image));
  const moved = containers.filter((container) => isMoved(container, images));
  if (moved.length > 0) {
    const value = moved.map((one) => `${nameOf(one)} isn't of what ${one.Config.Image} names now`).join(", ");
    return failed(what, value, `somebody has moved the tag: pin a digest and \`pulumi up --stack ${stack}\``);
  }
  if (unpinned.length > 0) {
    const value = unpinned.map((one) => `${nameOf(one)} is of ${one.Config.Image}`).join(", ");
    return warning(what, `${value}, which no pin of the stack names`, `\`pulumi up --stack ${stack}\``);
  }
  return ok(what, `what the ${names.size} pins name`);
}

/** Built on the machine, of pins that its name is a digest of. */
function isDerived(name: string): boolean {
  return name.startsWith("slipway/");
}

function isMoved({ Image, Config }: InspectedContainer, images: readonly InspectedImage[]): boolean {
  const reference = parseImage(Config.Image);
  if (reference?.digest !== undefined) {
    const own = images.find(({ Id }) => Id === Image);
    return (
      own !== undefined && !(own.RepoDigests ?? []).some((name) => name.endsWith(`@${reference.digest}`))
    );
  }
  const tagged = images.find(({ RepoTags }) => (RepoTags ?? []).includes(Config.Image));
  return tagged !== undefined && tagged.Id !== Image;
}
