import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./command";

/** Unpacks an npm package (`name@version`), without what it depends on, into a folder. */
export async function unpackNpmPackage(specifier: string, folder: string): Promise<void> {
  const download = `${folder}.tgz`;
  await mkdir(folder, { recursive: true });
  await mkdir(download, { recursive: true });
  await run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", download, specifier]);
  const [archive = ""] = await readdir(download);
  await run("tar", [
    "-x",
    "-f",
    join(download, archive),
    "-C",
    folder,
    "--strip-components=1",
    "--no-same-owner",
  ]);
  await rm(download, { recursive: true });
}

/** Installs what a folder's package-lock.json names, but for what is optional: that is often compiled for one system. */
export async function installNpmProject(folder: string): Promise<void> {
  const omitted = ["--omit=dev", "--omit=optional"];
  await run("npm", ["ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", ...omitted], {
    cwd: folder,
  });
}
