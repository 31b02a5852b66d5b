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

/** The version of the plugin is fixed, as that of all else that goes into an image. */
const mavenUnpack = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack";

/** Unpacks an archive of a Maven repository (`group:artifact:version:zip`) into a folder. */
export async function unpackMavenArtifact(artifact: string, folder: string): Promise<void> {
  // Maven notes there what it has unpacked, and doesn't do it again.
  const notes = `${folder}.maven`;
  await mkdir(notes, { recursive: true });
  const options = [`-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`];
  await run("mvn", ["--batch-mode", "--quiet", mavenUnpack, ...options], { cwd: notes });
  await rm(notes, { recursive: true });
}
