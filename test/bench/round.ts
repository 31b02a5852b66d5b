import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { pinsOf } from "../engine/harness/images";
import type { TestStack } from "../engine/harness/stack";
import { type Blueprint, blueprintsOf } from "./blueprint";
import { ByHand } from "./byHand";
import type { Compose } from "./compose";
import type { Measurements } from "./report";
import { seconds } from "./stopwatch";
import { readTrace } from "./trace";
import { type Breakdown, whereItGoes } from "./whereItGoes";

export const names = {
  first: "slipway: first up",
  noop: "slipway: no-op up",
  preview: "slipway: preview of no change",
  release: "slipway: release of the backend",
  rollback: "slipway: rollback",
  byHandFirst: "by hand: first up",
  byHandMigration: "by hand: release, migration",
  byHandStart: "by hand: release, new container until healthy",
  byHandStop: "by hand: release, stop of the old container",
  composeFirst: "compose: first up, health check each second",
  composeFirstSlow: "compose: first up, health check each 10 s as deployed",
  composeNoop: "compose: no-op up",
  composeRelease: "compose: release (with its gap in service)",
  composeRollback: "compose: rollback (with its gap in service)",
} as const;

const [before, after] = ["1.0.0", "1.1.0"];

/** Only the backend rolls. */
function backend(release: string) {
  return { images: { ...pinsOf(before), backend: pinsOf(release).backend } };
}

/** One round of the stack: it is there with the first release when this ends. */
export async function slipwayRound(stack: TestStack, results: Measurements): Promise<void> {
  results.add(names.first, await seconds(() => stack.up()));
  results.add(names.noop, await seconds(() => stack.up("--expect-no-changes")));
  results.add(names.preview, await seconds(() => stack.preview()));
  await stack.set(backend(after));
  results.add(names.release, await seconds(() => stack.up()));
  results.add(
    names.rollback,
    await seconds(async () => {
      const { exitCode, output } = await stack.operation("rollback", "--stack", stack.name, "--yes");
      if (exitCode !== 0) throw new Error(`the rollback failed:\n${output}`);
    }),
  );
}

/** Reads off the running stack what the other ways must make. */
export function readBlueprints(stack: TestStack, folder: string): Promise<readonly Blueprint[]> {
  return blueprintsOf(stack.name, folder);
}

/** What a release takes by itself, beside the running stack. */
export async function releaseFloor(blueprints: readonly Blueprint[], results: Measurements): Promise<void> {
  const { migration, start, stop } = await new ByHand(blueprints).release(backendImage(blueprints, after));
  results.add(names.byHandMigration, migration);
  results.add(names.byHandStart, start);
  results.add(names.byHandStop, stop);
}

/** The first start by hand. The ports must be free: the stack must be gone. */
export async function byHandRound(blueprints: readonly Blueprint[], results: Measurements): Promise<void> {
  results.add(names.byHandFirst, await new ByHand(blueprints).up());
  await ByHand.removeAll();
}

/** The same by compose. The ports must be free: the stack must be gone. */
export async function composeRound(
  compose: Compose,
  blueprints: readonly Blueprint[],
  results: Measurements,
  { asDeployed }: { readonly asDeployed: boolean },
): Promise<void> {
  const released = backendImage(blueprints, after);
  const eachSecond = { healthInterval: 1 };
  const newer = { ...eachSecond, images: { backend: released, migration: released } };
  results.add(names.composeFirst, await compose.up(eachSecond));
  results.add(names.composeNoop, await compose.up(eachSecond));
  results.add(names.composeRelease, await compose.up(newer));
  results.add(names.composeRollback, await compose.up(eachSecond));
  await compose.down();
  if (!asDeployed) return;
  results.add(names.composeFirstSlow, await compose.up());
  await compose.down();
}

function backendImage(blueprints: readonly Blueprint[], release: string): string {
  const image = blueprints.find(({ service }) => service === "backend")?.details.Config.Image;
  if (image === undefined) throw new Error("the stack has no backend");
  return image.replace(/:[^:/]+$/, `:${release}`);
}

/** Where a no-op and a release go, by Pulumi's own traces. The stack is at the later release when this ends. */
export async function tracedUpdates(
  stack: TestStack,
): Promise<{ readonly noop: Breakdown; readonly release: Breakdown }> {
  const noop = await tracedUp(stack, "noop");
  await stack.set(backend(after));
  return { noop, release: await tracedUp(stack, "release") };
}

async function tracedUp(stack: TestStack, name: string): Promise<Breakdown> {
  const file = join(stack.folder, `${name}.trace`);
  const wall = await seconds(() => stack.up("--otel-traces", pathToFileURL(file).href));
  return whereItGoes(await readTrace(file), wall);
}
