import { homedir } from "node:os";
import { join } from "node:path";

/** The folder of the repository. */
export const repository = join(__dirname, "..");

/** What can be built or downloaded again: the toolchain and the image build contexts. Safe to delete. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "slipway");
}

/** What cannot be made again: the state of the stacks and the passphrase of their secrets. Never safe to delete. */
export function dataFolder(): string {
  return join(process.env.XDG_DATA_HOME ?? join(homedir(), ".local", "share"), "slipway");
}
