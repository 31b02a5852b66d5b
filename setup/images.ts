import { baseStep } from "./images/base";
import type { Suite } from "./images/debian";
import { removeUnnamedStandIns } from "./images/docker";
import { registryAddress } from "./images/registry";
import { registryStep } from "./images/registryContainer";
import { buildSample } from "./images/sample";
import { standInStep } from "./images/standIn";
import { standIns } from "./images/standIns";
import { runStep, type Step } from "./step";

/** Release of the sample that `npm start` deploys. */
export const sampleVersion = "1.0.0";

/**
 * Sees to it that every image of the local stack can be had. Usually registries have them, Pulumi pulls them, and only
 * the sample is built here. Air-gapped, a local registry is filled with stand-ins, and the sample is put there too.
 */
export async function setUpImages(options: { readonly airGapped: boolean }): Promise<void> {
  if (!options.airGapped) return buildSample(sampleVersion);
  await fillRegistry();
  await buildSample(sampleVersion, { mirror: registryAddress });
}

async function fillRegistry(): Promise<void> {
  let built = false;
  const noticed = (step: Step): Promise<void> =>
    runStep({
      ...step,
      run() {
        built = true;
        return step.run();
      },
    });
  const bases: Record<Suite, Promise<void>> = {
    bookworm: noticed(baseStep("bookworm")),
    trixie: noticed(baseStep("trixie")),
  };
  const registry = noticed(registryStep(bases.bookworm));
  const images = standIns.map((standIn) => noticed(standInStep(standIn, bases[standIn.suite], registry)));
  await Promise.all([...Object.values(bases), registry, ...images]);
  if (built) await removeUnnamedStandIns();
}
