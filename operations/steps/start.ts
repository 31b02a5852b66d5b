import { basename, dirname } from "node:path/posix";
import { docker, inspect } from "./engine";
import { fileArchive } from "./fileArchive";
import { ownCopies, ownEmptyVolumes } from "./volumeOwner";

/** A container that has been created. */
export interface StartableContainer {
  readonly id: string;
  /** Files by absolute path, each in a folder that is a volume. */
  readonly files: Readonly<Record<string, string>>;
  /** Numeric `uid:gid` that alone may read them. */
  readonly owner: string;
  /** Folders with volumes that have what the image has there, and belong to the owner. @default none */
  readonly copies?: readonly string[];
}

/** Processes and threads in a container; a fork bomb ends there. Postgres with 100 connections needs about 120. */
const processLimit = 512;

/** Starts the container unless it runs: after its creation, or after an earlier update that failed and stopped it. */
export async function startContainer(container: StartableContainer): Promise<void> {
  const { State } = await inspect(container.id);
  if (State.Running) return;
  await prepareContainer(container);
  await docker(["container", "start", container.id]);
}

/** Does what must be done before a start and the provider can't do. */
export async function prepareContainer({ id, files, owner, copies = [] }: StartableContainer): Promise<void> {
  const [inspection] = await Promise.all([
    inspect(id),
    docker(["container", "update", "--pids-limit", String(processLimit), id]),
  ]);
  await ownEmptyVolumes(inspection, owner);
  await ownCopies(inspection, copies, owner);
  for (const [path, content] of Object.entries(files)) {
    await docker(
      ["container", "cp", "-", `${id}:${dirname(path)}`],
      await fileArchive({ [basename(path)]: content }, owner),
    );
  }
}
