import type { AppSpec } from "../apps/spec";
import type { Settings } from "../lib/history";
import { releaseOf } from "../lib/image";
import { migrationImage } from "../lib/migrationImage";
import { isGroup } from "../lib/rawSettings";

/** The release whose migration an update with these settings runs. */
export function migrates(
  app: Pick<AppSpec, "migration" | "services" | "images">,
  { images, version }: Settings,
): string {
  const image = migrationImage(app) ?? "";
  const pin = isGroup(images) ? images[image] : undefined;
  if (typeof pin === "string") return releaseOf(pin);
  const { repository, default: usual = "" } = app.images[image] ?? {};
  return releaseOf(repository === undefined || version === undefined ? usual : `${repository}:${version}`);
}
