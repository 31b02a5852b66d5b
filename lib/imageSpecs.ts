import type { AppSpec, ImageSpec } from "../apps/spec";
import { backupImages } from "./backup/images";
import { egressImages } from "./egress";
import { observabilityImages, possibleParts } from "./observability/parts";
import { proxyImages } from "./proxyImages";

/**
 * All images of a system, by name: its own, and those that back it up, observe it and let it reach the internet unless it
 * pins them itself.
 */
export function imageSpecs(app: AppSpec): Readonly<Record<string, ImageSpec>> {
  const parts = possibleParts(app).map((part) => [part, observabilityImages[part]]);
  return {
    ...backupImages,
    ...egressImages(app),
    ...proxyImages(app),
    ...Object.fromEntries(parts),
    ...app.images,
  };
}
