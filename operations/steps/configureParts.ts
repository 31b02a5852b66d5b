import { createHash } from "node:crypto";
import { attemptDocker, docker, indented, inspect } from "./engine";
import { fileArchive } from "./fileArchive";
import { awaitReadiness } from "./readiness";
import { type StartableContainer, startContainer } from "./start";
import { StepError, stepMain } from "./step";

/** Files that a container takes up while it runs. */
export interface PartConfiguration {
  /** Their folder, a volume of its own. */
  readonly folder: string;
  /** By path below the folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Run in the container; exit code 0 means that the files in the folder `{folder}` are good. None: taken as they are. */
  readonly check?: readonly string[];
  /** How it takes them up: by SIGHUP, by a restart, or by looking at them from time to time. */
  readonly reload: "hangup" | "restart" | "itself";
}

/** A container with its configuration, if it has any. */
export interface ConfigurablePart {
  /** For messages: `prometheus`. */
  readonly name: string;
  readonly container: StartableContainer;
  readonly configuration?: PartConfiguration;
  /** Names of parts before it in the list that must be ready before it starts. */
  readonly needs?: readonly string[];
}

export interface ConfigurePartsInput {
  readonly parts: readonly ConfigurablePart[];
  /** Seconds until all must be ready. */
  readonly timeout: number;
}

/** What the folder has been given, kept in it. */
interface Manifest {
  readonly digest: string;
  readonly files: readonly string[];
}

const manifestFile = ".slipway.json";
const candidateFolder = ".next";

/**
 * Brings the configuration of all parts to what it should be, and starts those that don't run. One that runs is given
 * new files only after it has found them good, and takes them up without being replaced.
 */
async function configureParts({ parts, timeout }: ConfigurePartsInput): Promise<{ configured: string[] }> {
  const configured = new Map<string, Promise<void>>();
  for (const part of parts) {
    const needed = Promise.all((part.needs ?? []).map((name) => configured.get(name)));
    configured.set(part.name, bringUp(part, needed, timeout));
  }
  const outcomes = await Promise.allSettled(configured.values());
  const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  const [failure] = failures;
  if (failure !== undefined && failures.every((one) => one instanceof StepError)) {
    // One that waited for another fails with it, and says the same.
    throw new StepError([...new Set(failures.map(({ message }) => message))].join("\n"));
  }
  if (failure !== undefined) throw failure;
  return { configured: parts.map(({ name }) => name) };
}

async function bringUp(part: ConfigurablePart, needed: Promise<unknown>, timeout: number): Promise<void> {
  await needed;
  const { name, container, configuration } = part;
  if (configuration === undefined) await startContainer(container);
  else await configure({ name, container, ...configuration });
  await awaitReadiness(`Part ${name} of the observability`, [container], timeout);
}

type Configured = Pick<ConfigurablePart, "name" | "container"> & PartConfiguration;

async function configure(part: Configured): Promise<void> {
  const { container, files } = part;
  const [{ State }, current] = await Promise.all([inspect(container.id), readManifest(part)]);
  const next = manifestOf(files);
  if (current?.digest === next.digest) return startContainer(container);
  if (State.Running) await check(part);
  await write(part, { ...files, [manifestFile]: JSON.stringify(next) });
  await startContainer(container);
  const stale = (current?.files ?? []).filter((file) => !next.files.includes(file));
  if (stale.length > 0) await remove(part, stale);
  if (State.Running) await reload(part);
}

function manifestOf(files: Readonly<Record<string, string>>): Manifest {
  const entries = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash("sha256").update(JSON.stringify(entries)).digest("hex");
  return { digest, files: entries.map(([file]) => file) };
}

/** Works with images that have no shell, and with containers that don't run yet. */
async function readManifest({ container, folder }: Configured): Promise<Manifest | undefined> {
  const { succeeded, said } = await attemptDocker(
    ["container", "cp", `${container.id}:${folder}/${manifestFile}`, "-"],
    10_000,
  );
  if (!succeeded) return undefined;
  // A tar archive of one small file: the JSON is the only text in braces.
  const [json] = /\{.*\}/s.exec(said) ?? [];
  return json === undefined ? undefined : (JSON.parse(json) as Manifest);
}

/** A part that finds its new files no good keeps those that it has. */
async function check(part: Configured): Promise<void> {
  const { name, container, folder, files } = part;
  if (part.check === undefined) return;
  const candidates = Object.entries(files).map(([file, content]) => [`${candidateFolder}/${file}`, content]);
  await write(part, Object.fromEntries(candidates));
  const command = part.check.map((word) => word.replaceAll("{folder}", `${folder}/${candidateFolder}`));
  const { succeeded, said } = await attemptDocker(["exec", container.id, ...command], 60_000);
  if (succeeded) return;
  throw new StepError(
    [
      `${name} refused its configuration: the update stops here, and it goes on with the earlier one.`,
      indented(said.split("\n").slice(-20).join("\n")),
      "  What to do: mend what the lines name under slipway:observability, and run `pulumi up`.",
    ].join("\n"),
  );
}

async function write(
  { container, folder }: Configured,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const archive = await fileArchive(files, container.owner);
  await docker(["container", "cp", "-", `${container.id}:${folder}`], archive);
}

async function remove({ container, folder }: Configured, files: readonly string[]): Promise<void> {
  await docker([
    "exec",
    "--user",
    "0",
    container.id,
    "rm",
    "-f",
    ...files.map((file) => `${folder}/${file}`),
  ]);
}

async function reload({ container, reload }: Configured): Promise<void> {
  if (reload === "hangup") await docker(["container", "kill", "--signal", "HUP", container.id]);
  if (reload === "restart") await docker(["container", "restart", container.id]);
}

if (require.main === module) void stepMain(configureParts);
