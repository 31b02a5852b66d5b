import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../paths";
import type { Step } from "../step";
import { run } from "./command";
import { makeRootFileSystem, type Suite } from "./debian";
import { localImage } from "./docker";
import { stampLabel } from "./stamp";

/** Raise it when what goes into the base changes: the stand-ins are then built anew. */
export const baseVersion = "1";

/** Name of the Debian base that the stand-ins of a release share. It stays on this machine. */
export function baseImage(suite: Suite): string {
  return `slipway/stand-in-base:${suite}`;
}

/** Makes the base: Debian's essential packages without documentation, time zones and users added. */
export function baseStep(suite: Suite): Step {
  return {
    title: `Debian ${suite}, the base of stand-ins`,
    async done() {
      return (await localImage(baseImage(suite)))?.labels[stampLabel] === baseVersion;
    },
    async run() {
      const folder = join(cacheFolder(), "images");
      const archive = join(folder, `base-${suite}.tar`);
      await mkdir(folder, { recursive: true });
      await makeRootFileSystem(suite, archive);
      const changes = ['CMD ["bash"]', 'LABEL "stand-in"="true"', `LABEL "${stampLabel}"="${baseVersion}"`];
      const options = changes.flatMap((change) => ["--change", change]);
      await run("docker", ["import", ...options, archive, baseImage(suite)]);
      await rm(archive);
    },
  };
}
