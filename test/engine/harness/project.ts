import { cp, mkdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "../../../setup/paths";

/** What the program and the operations are made of. */
const parts = [
  ...["main.cjs", "index.ts", "config.ts", "Pulumi.yaml", "package.json", "tsconfig.json"],
  ...["apps", "components", "images", "lib", "operations", "policy", "setup"],
];

/** Where the copy of the project for a stack is: always the same place, so that a later run finds an earlier one's. */
export function projectFolder(stack: string): string {
  return join(tmpdir(), `slipway-engine-${stack}`);
}

/**
 * Copies the project, so that a test has settings and state of its own. A copy, not links: the operations look for the
 * settings in the folder that they are in.
 */
export async function copyProject(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, "backend"), { recursive: true });
  await Promise.all(parts.map((part) => cp(join(repository, part), join(folder, part), { recursive: true })));
  await symlink(join(repository, "node_modules"), join(folder, "node_modules"));
}
