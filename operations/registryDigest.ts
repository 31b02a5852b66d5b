import { loadExeca } from "../lib/execa";
import type { RegistryAnswer } from "../lib/pinCheck";
import { toolEnvironment } from "../setup/environment";

const digestForm = /^sha256:[0-9a-f]{64}$/;
/** What the docker client says where buildx isn't installed. */
const withoutBuildx = /unknown command|is not a docker command|unknown flag/;

/**
 * The digest that a registry has for an image: that of the list for all processors, where there is one. The docker client
 * asks, so its log-ins count. Buildx only reads; without it the engine pulls the image, and says the same digest.
 */
export async function registryDigest(reference: string): Promise<RegistryAnswer> {
  const template = ["--format", "{{.Manifest.Digest}}"];
  const read = await docker(["buildx", "imagetools", "inspect", reference, ...template], 60_000);
  const digest = read.said.trim();
  if (digestForm.test(digest)) return { digest };
  // The engine may know a way that buildx doesn't: a mirror, or a registry without TLS.
  const pulled = await docker(["pull", reference], 15 * 60_000);
  const told = /^Digest: (\S+)$/m.exec(pulled.said)?.[1] ?? "";
  if (digestForm.test(told)) return { digest: told };
  const useful = withoutBuildx.test(read.complaint) ? [pulled] : [read, pulled];
  return { reason: [...new Set(useful.map(reasonOf))].join("; ") };
}

async function docker(args: readonly string[], timeout: number) {
  const { execa } = await loadExeca();
  const result = await execa("docker", args, {
    env: toolEnvironment(),
    stdin: "ignore",
    reject: false,
    timeout,
  });
  return { said: result.stdout, complaint: result.stderr || result.shortMessage || "" };
}

/** The line that says it comes after those on the progress. */
function reasonOf({ complaint }: { readonly complaint: string }): string {
  return complaint.trim().split("\n").at(-1) || "docker named no digest";
}
