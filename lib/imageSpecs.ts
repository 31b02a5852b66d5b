import type { AppSpec, ImageSpec } from "../apps/spec";
import { observabilityImages, possibleParts } from "./observability/parts";

/** All images of a system, by name: its own, and those that observe it unless it pins them itself. */
export function imageSpecs(app: AppSpec): Readonly<Record<string, ImageSpec>> {
  const parts = possibleParts(app).map((part) => [part, observabilityImages[part]]);
  return { ...Object.fromEntries(parts), ...app.images };
}
