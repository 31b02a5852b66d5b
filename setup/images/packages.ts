import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { SetupError } from "../step";
import { attempt, run } from "./command";

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

/** Builds the Go program in a folder (its go.mod says of what) as a static binary. */
export async function buildGoProgram(folder: string, binary: string): Promise<void> {
  const { failure } = await attempt("go", ["version"]);
  if (failure !== undefined) {
    throw new SetupError(
      "No image registry answers, and the stand-in for Caddy is built from Go modules: " +
        "install Go (https://go.dev/dl/), or let the machine reach an image registry.",
    );
  }
  // Tags and flags of Caddy's own releases.
  const tags = ["-tags", "nobadger,nomysql,nopgx"];
  const flags = ["-trimpath", "-buildvcs=false", "-ldflags", "-s -w"];
  await run("go", ["build", ...tags, ...flags, "-o", binary, "."], {
    cwd: folder,
    env: { CGO_ENABLED: "0" },
  });
}
