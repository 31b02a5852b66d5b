import { belongingTo, docker } from "./belongings";
import { mendCheckpoint } from "./checkpoint";
import { confirm, readOptions } from "./options";
import { OperationError, operationMain, readPulumi, runPulumi } from "./pulumi";
import { machineOf } from "./reachStack";

const usage = "npm run recover -- --stack S [--yes]";

interface Deployment {
  readonly deployment: { readonly resources?: readonly { readonly type: string; readonly id?: string }[] };
}

/**
 * Brings a stack back to its configuration after an update was killed: mends its state, takes its lock away, removes the
 * containers and networks that the update had made and could not write down any more, and updates again. Volumes are
 * never touched.
 */
async function recover(): Promise<void> {
  const { stack, yes } = readOptions(usage, { stack: { type: "string" }, yes: { type: "boolean" } });
  if (stack === undefined) throw new OperationError(`--stack is missing\nusage: ${usage}`);
  await confirm(`An update of stack ${stack} that still runs would be broken off. Is none running?`, yes);
  await mendCheckpoint(stack);
  await runPulumi(stack, ["cancel", "--yes"]);
  await removeUnknown(stack);
  await runPulumi(stack, ["refresh", "--yes", "--skip-preview", "--clear-pending-creates"]);
  await runPulumi(stack, ["up", "--yes", "--skip-preview", "--message", "recovery"]);
}

async function removeUnknown(stack: string): Promise<void> {
  if ((await machineOf(stack)) === "none yet") return;
  const state = JSON.parse(await readPulumi(stack, ["stack", "export"])) as Deployment;
  const known = new Set((state.deployment.resources ?? []).map(({ id }) => id));
  const filters = await belongingTo(stack);
  // With the anonymous volumes that hold their files; named ones stay.
  const kinds = [
    { kind: "container", list: ["--all"], remove: ["--force", "--volumes"] },
    { kind: "network", list: [], remove: [] },
  ];
  for (const { kind, list, remove } of kinds) {
    const all = await docker(kind, "ls", ...list, "--quiet", "--no-trunc", ...filters);
    const unknown = all.filter((id) => !known.has(id));
    if (unknown.length === 0) continue;
    console.log(`Removing what the state doesn't know, ${kind}: ${unknown.join(" ")}`);
    await docker(kind, "rm", ...remove, ...unknown);
  }
}

void operationMain(recover);
