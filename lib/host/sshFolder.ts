import { mkdirSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";

/**
 * Sees to it that there is the folder in which ssh keeps a shared connection. Without it ssh gives up, as on a fresh
 * runner whose key is in an agent.
 *
 * @param home as ssh finds it: not from the environment.
 */
export function ensureSshFolder(home = userInfo().homedir): void {
  mkdirSync(join(home, ".ssh"), { recursive: true, mode: 0o700 });
}
