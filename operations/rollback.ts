import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import {
  attempted,
  type Difference,
  differences,
  type HistoryEntry,
  type Release,
  releases,
  rollbackTarget,
  type Settings,
} from "../lib/history";
import { isGroup } from "../lib/rawSettings";
import { repository } from "../setup/paths";
import { confirm, readOptions } from "./options";
import { OperationError, operationMain, readPulumi, runPulumi } from "./pulumi";

const usage = "npm run rollback -- --stack S [--to N] [--list] [--yes]";
const project = "slipway";

/**
 * Re-applies the configuration of an earlier successful update. Volumes and the database stay as they are, and so do the
 * secrets: one that was exchanged because it leaked must not come back.
 */
async function rollback(): Promise<void> {
  const { stack, to, list, yes } = readOptions(usage, {
    stack: { type: "string" },
    to: { type: "string" },
    list: { type: "boolean" },
    yes: { type: "boolean" },
  });
  if (stack === undefined) throw new OperationError(`--stack is missing\nusage: ${usage}`);
  const history = await readPulumi(stack, ["stack", "history", "--json", "--page-size", "0"]);
  const entries = JSON.parse(history) as HistoryEntry[];
  const all = releases(entries, project);
  if (list === true) return printReleases(all);

  const current = attempted(entries, project);
  const target = chosen(all, to, current);
  const changes = differences(current, target.settings);
  console.log(`Stack ${stack} goes back to update ${target.number} of ${target.time}:`);
  for (const change of changes) console.log(`  ${described(change)}`);
  console.log("Data and secrets stay as they are now.");
  await confirm("Apply this?", yes);
  await writeSettings(stack, target);
  await runPulumi(stack, [
    "up",
    "--yes",
    "--skip-preview",
    "--message",
    `rollback to update ${target.number} (${target.time})`,
  ]);
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
    console.log(`${String(number).padStart(4)}  ${time}  ${JSON.stringify(settings.images ?? {})}`);
  }
}

function described({ path, from, to }: Difference): string {
  const shown = (value: unknown) => (value === undefined ? "(not set)" : JSON.stringify(value));
  return `${path.join(".")}: ${shown(from)} -> ${shown(to)}`;
}

/** Comments in the file, and what is encrypted in it, stay. */
async function writeSettings(stack: string, { settings }: Release): Promise<void> {
  const file = join(repository, `Pulumi.${stack}.yaml`);
  const document = parseDocument(await readFile(file, "utf8"));
  const { config = {} } = document.toJS() as { config?: Record<string, unknown> };
  for (const { path, to } of differences(plainSettings(config), settings)) {
    const [name = "", ...rest] = path;
    const place = ["config", `${project}:${name}`, ...rest];
    if (to === undefined) document.deleteIn(place);
    else document.setIn(place, to);
  }
  await writeFile(file, document.toString());
}

function plainSettings(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const prefix = `${project}:`;
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key, value]) => key.startsWith(prefix) && !hasEncrypted(value))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

/** Pulumi writes `secure: <ciphertext>` for a value, also deep inside a group. */
function hasEncrypted(value: unknown): boolean {
  return isGroup(value) && ("secure" in value || Object.values(value).some(hasEncrypted));
}

void operationMain(rollback);
