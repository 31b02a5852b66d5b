import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../../setup/images/command";
import { makeRootFileSystem, plainDebian } from "../../../setup/images/debian";
import { localImage } from "../../../setup/images/docker";
import { registryIsUp } from "../../../setup/images/registry";
import { stampLabel, stampOf } from "../../../setup/images/stamp";
import { cacheFolder } from "../../../setup/paths";
import { runStep, type Step } from "../../../setup/step";

const recipe = join(__dirname, "..", "image");
const suite = "bookworm";
const ownBase = `slipway/machine-double-debian:${suite}`;

/** The machine double, and what looks at it from outside: two targets of one recipe. */
export const doubleImage = "slipway/machine-double";
export const outsideImage = "slipway/machine-double-outside";

/** Builds both once: the engine keeps them until the recipe changes. A minute. */
export async function buildDoubleImages(): Promise<void> {
  await runStep(imageStep("machine", doubleImage));
  await runStep(imageStep("outside", outsideImage));
}

function imageStep(target: string, tag: string): Step {
  return {
    title: `Image ${tag}, for the tests of hosts`,
    async done() {
      return (await localImage(tag))?.labels[stampLabel] === (await stamp());
    },
    async run() {
      const build = ["build", "--force-rm", "--target", target, "--tag", tag];
      const args = ["--build-arg", `BASE=${await base()}`, "--label", `${stampLabel}=${await stamp()}`];
      await run("docker", [...build, ...args, recipe]);
    },
  };
}

function stamp(): Promise<string> {
  return stampOf([suite], [recipe]);
}

/** Debian from a registry; where none answers, made from packages, with the sources of this machine. */
async function base(): Promise<string> {
  if (!(await registryIsUp())) return `debian:${suite}`;
  if ((await localImage(ownBase)) !== undefined) return ownBase;
  const archive = join(cacheFolder(), "images", `machine-double-${suite}.tar`);
  await mkdir(join(cacheFolder(), "images"), { recursive: true });
  await makeRootFileSystem(suite, archive, plainDebian);
  await run("docker", ["import", archive, ownBase]);
  await rm(archive);
  return ownBase;
}
