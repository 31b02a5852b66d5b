import { clubhouse } from "../../../apps/clubhouse";
import { loadExeca } from "../../../lib/execa";
import { resolveImage } from "../../../lib/image";
import { imageMirror, pinsOf } from "../harness/images";

/** Every setting that a stack can have, none of them at its default; the secrets and a server of its own aside. */
export async function everySetting(release: string): Promise<Readonly<Record<string, unknown>>> {
  const defaults = Object.entries(clubhouse.images).flatMap(([image, spec]) =>
    spec.default === undefined ? [] : [[image, spec.default] as const],
  );
  const pins = { ...Object.fromEntries(defaults), ...pinsOf(release) };
  const withDigests = Object.entries(pins).map(
    async ([image, pin]) => [image, await withDigest(pin)] as const,
  );
  return {
    host: "local",
    images: Object.fromEntries(await Promise.all(withDigests)),
    registries: Object.fromEntries(defaults.map(([image]) => [image, "docker.io"])),
    replicas: { backend: 2, frontend: 2 },
    resources: {
      backend: { memory: 384, cpus: 0.75 },
      frontend: { memory: 96, cpus: 0.25 },
      migration: { memory: 160, cpus: 1 },
      postgres: { memory: 640, cpus: 1.5 },
      redis: { memory: 128, cpus: 1 },
      proxy: { memory: 192, cpus: 2 },
      backup: { memory: 384, cpus: 0.75 },
      drill: { memory: 640, cpus: 0.5 },
    },
    tls: { mode: "internal", email: "admin@example.com" },
    bootstrapAdmin: { username: "first.admin", email: "first.admin@example.com" },
    timeouts: { ready: 90, drain: 20, migration: 300 },
    backups: {
      at: "03:30",
      keep: { daily: 3, weekly: 2, monthly: 1, restorePoints: 4 },
      pitr: true,
    },
    migrations: { backwardCompatible: [release] },
  };
}

/** The pin with the digest that a registry knows the image by. One that no registry has stays as it is. */
async function withDigest(pin: string): Promise<string> {
  const { execa } = await loadExeca();
  const name = resolveImage(pin, { mirror: await imageMirror() });
  const inspect = ["image", "inspect", "--format", "{{range .RepoDigests}}{{println .}}{{end}}", name];
  const { stdout, failed } = await execa("docker", inspect, { reject: false });
  const repository = name.slice(0, name.lastIndexOf(":"));
  const known = stdout.split("\n").find((digest) => digest.startsWith(`${repository}@`));
  return failed || known === undefined ? pin : `${pin}@${known.slice(known.indexOf("@") + 1)}`;
}
