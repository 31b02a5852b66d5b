import { belongingTo, docker } from "./belongings";
import { confirm, readOptions } from "./options";
import { operationMain, runPulumi } from "./pulumi";

const usage = "npm stop [-- --purge [--yes]]";
const stack = "local";

/** Takes the stack `local` down. The data stays, and the generated secrets that it needs, unless it is purged. */
async function stop(): Promise<void> {
  const { purge, yes } = readOptions(usage, { purge: { type: "boolean" }, yes: { type: "boolean" } });
  if (purge !== true) {
    await runPulumi(stack, ["destroy", "--yes", "--skip-preview", "--exclude-protected"]);
    console.log(
      "The volumes are kept. `npm start` brings the system back; `npm stop -- --purge` removes its data.",
    );
    return;
  }
  await confirm(`All data of stack ${stack} will be lost.`, yes);
  await runPulumi(stack, ["state", "unprotect", "--all", "--yes"]);
  await runPulumi(stack, ["destroy", "--yes", "--skip-preview"]);
  await removeVolumes();
}

/** The provider leaves them on the engine: they are marked to outlive the state. */
async function removeVolumes(): Promise<void> {
  const volumes = await docker("volume", "ls", "--quiet", ...(await belongingTo(stack)));
  if (volumes.length > 0) await docker("volume", "rm", ...volumes);
  console.log(`Removed ${volumes.length} volumes.`);
}

void operationMain(stop);
