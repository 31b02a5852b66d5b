import { freshtrack } from "../../../apps/freshtrack";
import type { SystemImages } from "../../engine/harness/systemImages";

export const freshtrackImages: SystemImages = {
  app: freshtrack,
  images: {
    backend: {},
    // With pgrep, which its health check has.
    worker: { debianPackages: { root: "procps libproc2-0" } },
    frontend: {},
  },
};
