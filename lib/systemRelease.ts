import type { AppSpec } from "../apps/spec";
import { releaseOf } from "./image";
import { migrationImage } from "./migrationImage";

interface Settings {
  readonly app: Pick<AppSpec, "migration" | "services">;
  /** What the stack sets instead of pins. */
  readonly version?: string | undefined;
  /** Pin of every image, with the defaults. */
  readonly images: Readonly<Record<string, string>>;
}

/**
 * The release of a system as a whole: the stack's version, or else that of what migrates, or of the first service where
 * nothing does.
 */
export function systemRelease({ app, version, images }: Settings): string {
  if (version !== undefined) return version;
  const [first] = Object.values(app.services);
  return releaseOf(images[migrationImage(app) ?? first?.image ?? ""] ?? "");
}
