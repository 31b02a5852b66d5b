import type { AppSpec } from "../apps/spec";

/** Key in `images` of what the migration runs in: its release is the migration's. Undefined for a system without one. */
export function migrationImage({
  migration,
  services,
}: Pick<AppSpec, "migration" | "services">): string | undefined {
  if (migration === undefined) return undefined;
  return "service" in migration ? services[migration.service]?.image : migration.image;
}
