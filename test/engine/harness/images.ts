import { resolveImage } from "../../../lib/image";
import { registryAddress, registryIsUp } from "../../../setup/images/registry";
import { buildSample } from "../../../setup/images/sample";
import type { StandIn } from "../../../setup/images/standIn";
import { makeStandIn, storeStandIn } from "../../../setup/images/testStandIns";

/** Releases of the sample that work. */
export const goodReleases = ["1.0.0", "1.1.0", "1.2.0"] as const;

/** One of them in turn: no two that follow each other are the same. */
export function goodRelease(index: number): string {
  return goodReleases[index % goodReleases.length] ?? goodReleases[0];
}

/** Releases that go wrong, by what they do wrong. */
export const badReleases = {
  neverHealthy: "1.3.0-never-healthy",
  exitAtStart: "1.3.0-exit-at-start",
  failingMigration: "1.3.0-failing-migration",
  slowStart: "1.3.0-slow-start",
  errors: "1.3.0-errors",
} as const;

/** Releases that change the schema of those above, and work. The second one brings the first one's change too. */
export const schemaReleases = {
  /** Those above work with its schema. */
  addsColumn: "1.3.0-adds-column",
  /** Those above can't read or write notes any more, although they are healthy. */
  renamesColumn: "2.0.0-renames-column",
} as const;

/** Value of MISBEHAVE, see sample/README.md. */
const misbehaviours: Readonly<Record<string, string>> = {
  [badReleases.neverHealthy]: "never-healthy",
  [badReleases.exitAtStart]: "exit-at-start",
  [badReleases.failingMigration]: "failing-migration",
  [badReleases.slowStart]: "slow-start:10",
  [badReleases.errors]: "errors",
  [schemaReleases.addsColumn]: "adds-column",
  [schemaReleases.renamesColumn]: "renames-column",
};

/** The registry that has every image, where the set-up has made one. */
export async function imageMirror(): Promise<string | undefined> {
  return (await registryIsUp()) ? registryAddress : undefined;
}

/** Sees to it that these releases of the sample are there; those that are take no time. */
export async function buildReleases(releases: readonly string[] = goodReleases): Promise<void> {
  const mirror = await imageMirror();
  for (const release of releases) {
    const misbehave = misbehaviours[release];
    await buildSample(release, {
      ...(mirror === undefined ? {} : { mirror }),
      ...(misbehave === undefined ? {} : { misbehave }),
    });
  }
}

/** Name of the image of the S3 store. */
export async function storeImage(): Promise<string> {
  await standInsOf([storeStandIn]);
  return resolveImage(storeStandIn.image, { mirror: await imageMirror() });
}

/** The engine pulls these images; where the set-up has made a registry, stand-ins are put there first. */
export async function standInsOf(standIns: readonly StandIn[]): Promise<void> {
  if ((await imageMirror()) !== undefined) await Promise.all(standIns.map(makeStandIn));
}

/** Pins of a release of the sample: both of its images. */
export function pinsOf(release: string): { readonly backend: string; readonly frontend: string } {
  return { backend: `slipway/sample-backend:${release}`, frontend: `slipway/sample-frontend:${release}` };
}
