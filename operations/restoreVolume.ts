import type { BackupEntry, Manifest, RepositoryName } from "../images/backup/contract";
import { age, begun } from "../lib/backup/choice";
import { loadExeca } from "../lib/execa";
import type { Deployment } from "./deployment";
import { confirm } from "./options";
import { startContainers, stopContainers, uninterrupted } from "./pause";
import { OperationError } from "./pulumi";
import { docker, indented } from "./steps/engine";

export interface RestoreVolumeArgs {
  /** As the backup has it. */
  readonly volume: string;
  readonly entry: BackupEntry;
  readonly manifest: Manifest;
  readonly repository: RepositoryName | undefined;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

/** What `docker inspect` says of the backup service's container, as far as it is read here. */
interface BackupContainer {
  readonly Config: { readonly Image: string; readonly User: string };
  readonly HostConfig: { readonly Memory: number };
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Destination: string;
  }[];
}

/** To give files back to their owners, whoever they are; without FSETID, folders would lose their group's bit. */
const capabilities = ["CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID"];
/** They read the volumes of others, and are needed meanwhile. */
const readers = ["backup", "drill"];

/**
 * Restores a volume in its place, while what mounts it is stopped. The service only reads the volumes, so this is done by
 * a container of its own, which goes when it is done.
 */
export async function restoreVolume(deployment: Deployment, backup: string, args: RestoreVolumeArgs) {
  const { volume, entry, manifest, repository } = args;
  if (!manifest.volumes.includes(volume)) {
    throw new OperationError(
      `backup ${entry.run} has no volume ${volume}: it has ${manifest.volumes.join(", ") || "none"}`,
    );
  }
  const container = await inspected(backup);
  const mounted = container.Mounts.find(({ Destination }) => Destination === `/volumes/${volume}`)?.Name;
  if (mounted === undefined) {
    throw new OperationError(
      `the stack has no volume ${volume} any more, which backup ${entry.run} has: deploy the release that has it first`,
    );
  }
  const users = (await deployment.containers("--filter", `volume=${mounted}`)).filter(
    ({ service }) => !readers.includes(service),
  );
  const stopped = users.filter(({ running }) => running).map(({ name }) => name);
  console.log(
    `Backup ${entry.run} (${entry.reason}) of ${begun(entry)}, ${age(begun(entry), new Date())} ago: volume ${volume} (${mounted}).\n` +
      `What mounts it is stopped meanwhile: ${stopped.join(", ") || "nothing"}.\n` +
      "What is in the volume now is lost, whatever the backup has not.",
  );
  if (args.dryRun) return console.log("Nothing was done: --dry-run.");
  await confirm(`Restore volume ${mounted}?`, args.yes);
  await uninterrupted(async () => {
    const began = Date.now();
    const ids = await stopContainers(deployment, backup, users);
    const input = { run: entry.run, volume, ...(repository !== undefined && { repository }) };
    const failure = await runInContainer(backup, container, mounted, JSON.stringify(input));
    await startAgain(deployment, backup, ids, failure);
    console.log(`Restored in ${((Date.now() - began) / 1000).toFixed(1)} s; what mounts it runs again.`);
  });
}

async function inspected(container: string): Promise<BackupContainer> {
  const [inspection] = JSON.parse(await docker(["container", "inspect", container])) as BackupContainer[];
  if (inspection === undefined) throw new Error(`docker inspect ${container} gave nothing`);
  return inspection;
}

/** Starts what was stopped, also where nothing was restored, and then fails with the reason. */
async function startAgain(
  deployment: Deployment,
  backup: string,
  ids: readonly string[],
  failure: string | undefined,
): Promise<void> {
  if (failure === undefined) return startContainers(deployment, backup, ids);
  const restore = `the volume could not be restored:\n${indented(failure)}`;
  try {
    await startContainers(deployment, backup, ids);
  } catch (error) {
    throw new OperationError(`${restore}\n${error instanceof Error ? error.message : String(error)}`);
  }
  throw new OperationError(`${restore}\n  What mounts it runs again.`);
}

/** @returns what it said when it failed. */
async function runInContainer(
  backup: string,
  { Config, HostConfig }: BackupContainer,
  volume: string,
  input: string,
): Promise<string | undefined> {
  const { execa } = await loadExeca();
  const { failed, stderr } = await execa(
    "docker",
    [
      ...[
        "run",
        "--rm",
        "--interactive",
        "--init",
        "--read-only",
        "--security-opt",
        "no-new-privileges:true",
      ],
      ...["--cap-drop", "ALL", ...capabilities.flatMap((capability) => ["--cap-add", capability])],
      ...["--pids-limit", "512", "--memory", String(HostConfig.Memory)],
      // Settings, secrets and the repository are where the service has them, and so is the way to the store.
      ...["--user", Config.User, "--volumes-from", backup, "--network", `container:${backup}`],
      ...["--tmpfs", "/tmp:rw,noexec,nosuid,nodev,size=64m", "--volume", `${volume}:/target`],
      ...["--entrypoint", "node", Config.Image, "/opt/backup/restoreVolume.mjs"],
    ],
    { input, reject: false, stderr: ["pipe", "inherit"] },
  );
  return failed ? stderr : undefined;
}
