import type { AppSpec } from "../apps/spec";
import { backupImages } from "./backup/images";
import { type BackupSettings, backsUp } from "./backup/settings";
import { observedParts, type PartChoice } from "./observability/observedParts";
import { possibleParts } from "./observability/parts";

interface Settings extends PartChoice {
  readonly app: AppSpec;
  readonly backups: BackupSettings;
  /** Pin of every image, with the defaults. */
  readonly images: Readonly<Record<string, string>>;
}

/** Pin of each image that a stack runs, by its short name: what it has switched off needs none on its host. */
export function usedPins(settings: Settings): Readonly<Record<string, string>> {
  const { app, images, postgres } = settings;
  const parts = observedParts(settings);
  const unused = [
    ...possibleParts(app).filter((part) => !parts.includes(part)),
    // A server that somebody else runs needs no image here.
    ...(postgres === undefined ? [] : [app.postgres.image]),
    ...(backsUp(settings) ? [] : Object.keys(backupImages)),
  ];
  return Object.fromEntries(Object.entries(images).filter(([image]) => !unused.includes(image)));
}
