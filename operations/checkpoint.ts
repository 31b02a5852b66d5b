import { existsSync } from "node:fs";
import { copyFile, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { toolEnvironment } from "../setup/environment";
import { OperationError } from "./pulumi";

const project = "slipway";

/**
 * Pulumi's file backend writes a stack's state in place, so an update that is killed may leave half a file. It keeps the
 * state before that write beside it, which lacks one step at most; that one is put back. Other backends write whole.
 *
 * @throws {OperationError} when neither of the two is whole.
 */
export async function mendCheckpoint(stack: string): Promise<void> {
  const { PULUMI_BACKEND_URL: backend } = toolEnvironment();
  if (backend === undefined || !/^file:\/\/\//.test(backend)) return;
  const checkpoint = join(fileURLToPath(backend), ".pulumi", "stacks", project, `${stack}.json`);
  const backup = `${checkpoint}.bak`;
  for (const file of [checkpoint, backup]) await removeHalfWritten(`${file}.attrs`);
  // One that isn't there is another problem, and pulumi names it.
  if (!existsSync(checkpoint) || (await isWhole(checkpoint))) return;
  if (!(await isWhole(backup))) {
    throw new OperationError(
      `the state ${checkpoint} is broken, and so is ${backup}: put the newest whole file of .pulumi/backups in its place`,
    );
  }
  await copyFile(backup, checkpoint);
  console.log(`The killed update left half a state; the one before its last step is back (${checkpoint}).`);
}

/** The checksum and type that the backend keeps beside each file: it can do without, but not with half of them. */
async function removeHalfWritten(attributes: string): Promise<void> {
  if (existsSync(attributes) && !(await isWhole(attributes))) await rm(attributes);
}

async function isWhole(file: string): Promise<boolean> {
  try {
    JSON.parse(await readFile(file, "utf8"));
    return true;
  } catch {
    return false;
  }
}
