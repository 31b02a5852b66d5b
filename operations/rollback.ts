import {
  attempted,
  type Difference,
  differences,
  type HistoryEntry,
  pinsIn,
  type Release,
  releases,
  rollbackTarget,
  type Settings,
} from "../lib/history";
import { confirm, readOptions } from "./options";
import { OperationError, operationMain, readPulumi, runPulumi } from "./pulumi";
import { revertAndApply } from "./revertMigration";
import { dataDecision, type RollbackArgs, restoreAndApply, tellDecision } from "./rollbackData";
import { project, writeSettings } from "./stackFile";

const usage =
  "npm run rollback -- --stack S [--to N] [--list] [--restore-database | --keep-database | --revert-migration] [--yes]";

/**
 * Re-applies the configuration of an earlier successful update. Volumes stay as they are, and so do the secrets: one that
 * was exchanged because it leaked must not come back. The database stays too where the earlier release works with its
 * schema, or goes back to what it was before the first migration since, or has the last migration taken back.
 */
async function rollback(): Promise<void> {
  const given = readOptions(usage, {
    stack: { type: "string" },
    to: { type: "string" },
    list: { type: "boolean" },
    "restore-database": { type: "boolean", default: false },
    "keep-database": { type: "boolean", default: false },
    "revert-migration": { type: "boolean", default: false },
    yes: { type: "boolean" },
  });
  const { stack, to, list, yes } = given;
  if (stack === undefined) throw new OperationError(`--stack is missing\nusage: ${usage}`);
  const wish = wished(given);
  const history = await readPulumi(stack, ["stack", "history", "--json", "--page-size", "0"]);
  const entries = JSON.parse(history) as HistoryEntry[];
  const all = releases(entries, project);
  if (list === true) return printReleases(all);

  const current = attempted(entries, project);
  const target = chosen(all, to, current);
  const decision = await dataDecision({ stack, entries, all, target, wish });
  console.log(`Stack ${stack} goes back to update ${target.number} of ${target.time}:`);
  for (const change of differences(current, target.settings)) console.log(`  ${described(change)}`);
  tellDecision(decision);
  await confirm("Apply this?", yes);
  const apply = async () => {
    await writeSettings(stack, target.settings);
    const message = `rollback to update ${target.number} (${target.time})`;
    await runPulumi(stack, ["up", "--yes", "--skip-preview", "--message", message]);
  };
  if (decision.data === "stay") await apply();
  else if (decision.data === "restore") await restoreAndApply(stack, decision, apply);
  else await revertAndApply(stack, decision.revert, apply);
}

const wishes = {
  "restore-database": "restore",
  "keep-database": "keep",
  "revert-migration": "revert",
} as const;

function wished(given: Readonly<Record<keyof typeof wishes, boolean>>): RollbackArgs["wish"] {
  const [wish, ...others] = (Object.keys(wishes) as (keyof typeof wishes)[]).filter((name) => given[name]);
  if (others.length === 0) return wish && wishes[wish];
  const options = [wish, ...others].map((name) => `--${name}`).join(" and ");
  throw new OperationError(`${options} exclude each other\nusage: ${usage}`);
}

function chosen(all: readonly Release[], to: string | undefined, current: Settings): Release {
  if (to !== undefined && !/^[1-9][0-9]*$/.test(to)) {
    throw new OperationError(`--to ${to} is not a number of an update; --list shows them`);
  }
  try {
    return rollbackTarget(all, to === undefined ? undefined : Number(to), current);
  } catch (error) {
    if (error instanceof RangeError) throw new OperationError(`nothing to go back to: ${error.message}`);
    throw error;
  }
}

function printReleases(all: readonly Release[]): void {
  for (const { number, time, settings } of all) {
    const { version, images = {} } = pinsIn(settings);
    const release = [...(version === undefined ? [] : [version]), JSON.stringify(images)].join("  ");
    console.log(`${String(number).padStart(4)}  ${time}  ${release}`);
  }
}

function described({ path, from, to }: Difference): string {
  const shown = (value: unknown) => (value === undefined ? "(not set)" : JSON.stringify(value));
  return `${path.join(".")}: ${shown(from)} -> ${shown(to)}`;
}

void operationMain(rollback);
