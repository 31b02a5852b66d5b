import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadExeca } from "../../../lib/execa";
import { docker } from "../harness/engine";
import type { TestStack } from "../harness/stack";
import { type Details, serviceOf } from "./inspection";
import { secretsIn } from "./secrets";

type Secrets = Readonly<Record<string, string>>;

/** Secrets that are shown by `docker inspect`, by the service of the container. */
export function inspected(containers: readonly Details[], secrets: Secrets): Record<string, string[]> {
  return Object.fromEntries(
    containers.map((one) => [serviceOf(one), secretsIn(JSON.stringify(one), secrets)] as const),
  );
}

/** What all the containers printed. */
export async function logsOf(containers: readonly Details[]): Promise<string> {
  const { execa } = await loadExeca();
  const logs = containers.map(({ Id }) => execa("docker", ["container", "logs", Id], { all: true }));
  return (await Promise.all(logs)).map(({ all }) => all).join("\n");
}

/** Secrets in the history or the settings of the containers' images. */
export async function inImages(containers: readonly Details[], secrets: Secrets): Promise<string[]> {
  const images = [...new Set(containers.map(({ Config }) => Config.Image))];
  const told = images.flatMap((image) => [
    docker("image", "history", "--no-trunc", image),
    docker("image", "inspect", image),
  ]);
  return secretsIn((await Promise.all(told)).join("\n"), secrets);
}

/** Secrets that can be read in the stack's settings, its state, its history or the copies of these. */
export async function stored(stack: TestStack, secrets: Secrets): Promise<string[]> {
  const backend = join(stack.folder, "backend");
  const files = (await readdir(backend, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const paths = [stack.file, ...files.map(({ parentPath, name }) => join(parentPath, name))];
  return secretsIn((await Promise.all(paths.map((path) => readFile(path, "utf8")))).join("\n"), secrets);
}
