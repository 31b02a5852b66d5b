// @ts-check
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findBackup } from "./backups.mjs";
import { reasonOf } from "./errors.mjs";
import { paths } from "./paths.mjs";
import { Repository } from "./restic.mjs";
import { readSettings, repositoryNamed, snapshotHost } from "./settings.mjs";
import { isThere, replaceContent } from "./volumeContent.mjs";

/**
 * Restores a volume: run in a container of its own that has the repository, and the volume at /target. Input is JSON on
 * standard input: `{"run": "20261121T020000Z", "volume": "uploads"}`, and `repository` where it isn't the first.
 */

/** @typedef {{ run: string, repository?: import("./contract").RepositoryName, volume: string }} Input */

const target = "/target";

/** @param {Input} input */
async function restoreVolume({ run, repository: name, volume }) {
  const settings = readSettings();
  const known = repositoryNamed(settings.repositories, name);
  const repository = new Repository(known, { host: snapshotHost(settings) });
  const { files, manifest } = await findBackup(repository, run);
  if (!manifest.volumes.includes(volume))
    throw new Error(
      `The backup ${run} has no volume "${volume}": it has ${manifest.volumes.join(", ") || "none"}`,
    );
  const source = join(paths.volumes, volume);
  return await replaceContent(target, async (folder) => {
    await repository.restore(files.id, folder, { include: [source] });
    const content = join(folder, source);
    if (!(await isThere(content))) throw new Error(`The backup ${run} lacks the content of volume ${volume}`);
    return content;
  });
}

restoreVolume(JSON.parse(readFileSync("/dev/stdin", "utf8")))
  .then((result) => process.stdout.write(`${JSON.stringify(result)}\n`))
  .catch((error) => {
    process.stderr.write(`error: ${reasonOf(error)}\n`);
    process.exitCode = 1;
  });
