import type { ImageSpec } from "../../apps/spec";

/** What the image of the backup service is put together from, besides the server's. */
export const backupImages: Readonly<Record<"restic" | "node", ImageSpec>> = {
  restic: { description: "restic, which keeps the backups", default: "restic/restic:0.18.1" },
  node: { description: "Node.js, which the backup service runs on", default: "node:20.20.2-bookworm-slim" },
};
