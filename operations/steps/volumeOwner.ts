import { posix } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { extract, type Header, pack } from "tar-stream";
import { loadExeca } from "../../lib/execa";
import { docker, type Inspection, type Mount } from "./engine";

/**
 * Gives the named volumes that a container writes to its user, as far as they are empty and root's: what the engine makes
 * for a folder that the image doesn't have. One with anything in it is left as it is. The container must not run yet.
 *
 * @param owner numeric `uid:gid`.
 */
export async function ownEmptyVolumes(container: Inspection, owner: string): Promise<void> {
  const [uid = 0, gid = 0] = owner.split(":").map(Number);
  if (uid === 0) return;
  const written = container.Mounts.filter(isNamedVolume);
  await Promise.all(
    written.map(async ({ Name, Destination }) => {
      const folder = await emptyFolder(container.Id, Destination);
      if (folder === undefined || folder.uid !== 0) return;
      await unpackInto(container, Name, await folderOwned({ mode: folder.mode, uid, gid }));
    }),
  );
}

function isNamedVolume(mount: Mount): mount is Mount & { readonly Name: string } {
  const { Type, Name, RW } = mount;
  return Type === "volume" && RW && Name !== undefined && !/^[0-9a-f]{64}$/.test(Name);
}

/** Owner and mode of the folder; undefined when there is anything in it, however much: only the beginning is read. */
async function emptyFolder(container: string, path: string): Promise<Header | undefined> {
  const { execa } = await loadExeca();
  const copy = execa("docker", ["container", "cp", `${container}:${path}/.`, "-"], {
    stdin: "ignore",
    encoding: "buffer",
    buffer: { stdout: false },
    reject: false,
  });
  let folder: Header | undefined;
  for await (const entry of copy.stdout.pipe(extract())) {
    if (folder !== undefined) {
      copy.kill();
      return undefined;
    }
    folder = entry.header;
    entry.resume();
  }
  const { failed, stderr } = await copy;
  if (failed || folder === undefined) throw new Error(`docker cp ${container}:${path} failed: ${stderr}`);
  return folder;
}

/**
 * Gives a container's copies of folders of its image, with all that is in them, to its user. The container must not run
 * yet.
 *
 * @param owner numeric `uid:gid`.
 */
export async function ownCopies(
  container: Inspection,
  folders: readonly string[],
  owner: string,
): Promise<void> {
  const [uid = 0, gid = 0] = owner.split(":").map(Number);
  for (const folder of folders) {
    const volume = container.Mounts.find(({ Destination }) => Destination === folder)?.Name;
    if (volume === undefined) throw new Error(`${container.Name} has no volume at ${folder}`);
    await unpackInto(container, volume, await contents(container.Id, folder, { uid, gid }));
  }
}

async function contents(
  container: string,
  path: string,
  owner: Pick<Header, "uid" | "gid">,
): Promise<Buffer> {
  const { execa } = await loadExeca();
  const args = ["container", "cp", `${container}:${path}/.`, "-"];
  const { stdout } = await execa("docker", args, { stdin: "ignore", encoding: "buffer" });
  const tar = pack();
  for await (const entry of Readable.from([stdout]).pipe(extract())) {
    const { header } = entry;
    tar.entry({ ...header, ...owner, name: posix.join(mountedAt, header.name) }, await buffer(entry));
  }
  tar.finalize();
  return buffer(tar);
}

async function folderOwned(owner: Pick<Header, "mode" | "uid" | "gid">): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: mountedAt, type: "directory", mtime: new Date(), ...owner });
  tar.finalize();
  return buffer(tar);
}

const mountedAt = "volume";

/**
 * Unpacked into a volume itself, an archive can't change it, and the folder around it may be read-only. So by a container
 * that has it somewhere else, which never runs.
 */
async function unpackInto({ Image, Config }: Inspection, volume: string, archive: Buffer): Promise<void> {
  const labels = ["slipway.system", "slipway.stack"].flatMap((label) => [
    "--label",
    `${label}=${Config.Labels[label] ?? ""}`,
  ]);
  const mount = ["--volume", `${volume}:/slipway/${mountedAt}:nocopy`];
  const helper = await docker([
    "container",
    "create",
    "--network",
    "none",
    ...labels,
    ...mount,
    Image,
    "never",
  ]);
  try {
    await docker(["container", "cp", "-", `${helper}:/slipway`], archive);
  } finally {
    await docker(["container", "rm", "--volumes", helper]);
  }
}
