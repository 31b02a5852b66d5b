import { docker } from "../harness/engine";

/** @param image any that has a shell. */
export async function emptyVolume(volume: string, image: string): Promise<void> {
  await inShell(image, [`${volume}:/volume`], "find /volume -mindepth 1 -delete");
}

/** Copies all with owners and modes. The other volume is made when it isn't there. */
export async function copyVolume(from: string, to: string, image: string): Promise<void> {
  await inShell(image, [`${from}:/from:ro`, `${to}:/to`], "cp -a /from/. /to/");
}

async function inShell(image: string, volumes: readonly string[], script: string): Promise<void> {
  const mounts = volumes.flatMap((volume) => ["--volume", volume]);
  const options = ["--rm", "--user", "0:0", "--network", "none", "--entrypoint", "sh"];
  await docker("container", "run", ...options, ...mounts, image, "-c", script);
}
