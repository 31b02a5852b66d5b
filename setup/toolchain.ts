import type { Reach } from "./network";
import { runStep, type Step } from "./step";
import { downloadCliStep, downloadPluginStep, ownCli, ownCliStep } from "./toolchain/download";
import { goStep } from "./toolchain/go";
import { inLanes, lanes } from "./toolchain/lanes";
import { pluginNames, readWay, type Way, writeWay } from "./toolchain/layout";
import { pieceStep, pieces } from "./toolchain/modules";

/**
 * Sees to it that there is a Pulumi CLI with the plugins that every stack needs; `toolEnvironment()` then leads to it.
 * In this order of preference: the user's own CLI, one from Pulumi's download host, one built from Go modules.
 */
export async function setUpToolchain(reach: Reach): Promise<void> {
  const before = readWay();
  // First of all the way that was taken before: when all is there, nothing is asked of the network. But what was built
  // for want of a download, with a stand-in in it, gives way to the real thing as soon as that can be had.
  const keep =
    before !== undefined &&
    (await complete(before)) &&
    !(before.kind === "modules" && (await reach.downloads()));
  const way = keep ? before : await chooseWay(reach);
  await carryOut(way);
  if (JSON.stringify(way) !== JSON.stringify(before)) writeWay(way);
}

async function chooseWay(reach: Reach): Promise<Way> {
  const own = await ownCli();
  if (own !== undefined && (await complete(own))) return own;
  if (await reach.downloads()) return own ?? { kind: "download" };
  return { kind: "modules" };
}

/** What the way is made of. The steps of a stage wait for those of the stages before. */
function stages(way: Way): { readonly steps: readonly Step[]; readonly atOnce: number }[] {
  if (way.kind === "modules") {
    const builds = pieces().map(pieceStep);
    return [{ steps: builds, atOnce: lanes() }];
  }
  const cli = way.kind === "path" ? ownCliStep(way) : downloadCliStep();
  const plugins = pluginNames.map((name) => downloadPluginStep(name, way));
  return [
    { steps: [cli], atOnce: 1 },
    { steps: plugins, atOnce: plugins.length },
  ];
}

async function complete(way: Way): Promise<boolean> {
  const steps = stages(way).flatMap((stage) => stage.steps);
  return (await Promise.all(steps.map((step) => step.done()))).every(Boolean);
}

async function carryOut(way: Way): Promise<void> {
  // Go is only asked for when something is to be built: it may be removed afterwards.
  if (way.kind === "modules" && !(await complete(way))) await runStep(goStep());
  for (const { steps, atOnce } of stages(way)) {
    await inLanes(
      atOnce,
      steps.map((step) => () => runStep(step)),
    );
  }
}
