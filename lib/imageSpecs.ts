import type { AppSpec, ImageSpec } from "../apps/spec";
import { observabilityImages } from "./observability/parts";

/** All images of a system, by name: its own, and those that observe it unless it pins them itself. */
export function imageSpecs(app: AppSpec): Readonly<Record<string, ImageSpec>> {
  return { ...observabilityImages, ...app.images };
}
