import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../paths";
import { attempt, run } from "./command";

/** What the engine knows of an image, as far as the set-up asks. */
export interface LocalImage {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Digests by which registries know it: `localhost:5000/library/redis@sha256:…`. */
  readonly digests: readonly string[];
}

/** The image, or undefined when the engine doesn't have it. */
export async function localImage(name: string): Promise<LocalImage | undefined> {
  const { stdout, failure } = await attempt("docker", ["image", "inspect", name]);
  if (failure !== undefined) return undefined;
  const [image] = JSON.parse(stdout);
  return { id: image.Id, labels: image.Config?.Labels ?? {}, digests: image.RepoDigests ?? [] };
}

export interface Build {
  readonly context: string;
  readonly tag: string;
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** Runs `use` with an empty folder for a build context, and removes it afterwards. */
export async function withContext<Result>(
  name: string,
  use: (context: string) => Promise<Result>,
): Promise<Result> {
  const folder = join(cacheFolder(), "images", "contexts");
  await mkdir(folder, { recursive: true });
  // Not a fixed name: another set-up may be building the same image.
  const context = await mkdtemp(join(folder, `${name}-`));
  try {
    return await use(context);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

/** Builds an image. Its Dockerfile must do without network: the context has all that goes in. */
export async function buildImage(build: Build): Promise<void> {
  const pairs = (option: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([name, value]) => [option, `${name}=${value}`]);
  await run("docker", [
    "build",
    "--force-rm",
    "--tag",
    build.tag,
    ...pairs("--build-arg", build.args),
    ...pairs("--label", build.labels),
    build.context,
  ]);
}

/** Removes what builds of stand-ins left without a name: earlier stages and replaced images. */
export async function removeUnnamedStandIns(): Promise<void> {
  // It refuses while another prune runs, which then does this one's work.
  await attempt("docker", ["image", "prune", "--force", "--filter", "label=stand-in=true"]);
}

export async function pushImage(name: string): Promise<void> {
  await run("docker", ["push", "--quiet", name]);
}

export async function tagImage(name: string, other: string): Promise<void> {
  await run("docker", ["tag", name, other]);
}
