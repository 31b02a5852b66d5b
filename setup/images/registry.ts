import { attempt } from "./command";
import type { LocalImage } from "./docker";

/** The local registry, as the stack setting `imageMirror` names it. Only this machine reaches it. */
export const registryAddress = "localhost:5000";

/** Name of its container, and of the volume that keeps its images. */
export const registryContainer = "slipway-registry";

const url = "http://127.0.0.1:5000/v2/";
const patience = 2000;

/** Whether the set-up has started the local registry here: only on machines that reach no other. */
export async function registryIsUp(): Promise<boolean> {
  const format = ["--format", "{{.State.Running}}"];
  const { stdout } = await attempt("docker", ["container", "inspect", ...format, registryContainer]);
  return stdout.trim() === "true" && (await registryAnswers());
}

export async function registryAnswers(): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(patience) }).catch(() => undefined);
  return response?.ok === true;
}

/** Whether the registry has this very image under a name that starts with its address. */
export async function registryHas(name: string, image: LocalImage): Promise<boolean> {
  const digest = await registryDigest(name);
  return digest !== undefined && image.digests.some((known) => known.endsWith(`@${digest}`));
}

async function registryDigest(name: string): Promise<string | undefined> {
  const [repository, reference] = name.slice(registryAddress.length + 1).split(":");
  const types = [
    "vnd.docker.distribution.manifest.v2+json",
    "vnd.oci.image.manifest.v1+json",
    "vnd.oci.image.index.v1+json",
  ];
  const response = await fetch(`${url}${repository}/manifests/${reference}`, {
    method: "HEAD",
    headers: { accept: types.map((type) => `application/${type}`).join(", ") },
    signal: AbortSignal.timeout(patience),
  }).catch(() => undefined);
  return response?.ok === true ? (response.headers.get("docker-content-digest") ?? undefined) : undefined;
}
