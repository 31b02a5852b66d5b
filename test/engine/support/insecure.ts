import { docker } from "../harness/engine";
import { type Details, inspectAll } from "./inspection";

const tag = "slipway-test/insecure:latest";

const fromTheHost = [
  ...[
    "--privileged",
    "--network",
    "host",
    "--pid",
    "host",
    "--ipc",
    "host",
    "--uts",
    "host",
    "--userns",
    "host",
  ],
  ...["--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"],
  ...["--volume", "/:/host:rslave,ro", "--volume", "/var/run/docker.sock:/var/run/docker.sock"],
  ...["--mount", "type=bind,src=/,dst=/shared,bind-propagation=rshared"],
  ...["--device", "/dev/null", "--cgroup-parent", "/insecure", "--oom-score-adj", "-500"],
];
const byDefault = [
  "--publish",
  "22:22",
  "--publish-all",
  "--restart",
  "always",
  "--ulimit",
  "nofile=1048576",
];

/**
 * Containers that break every rule, created and never started.
 *
 * @param image any that is there.
 */
export async function insecureContainers(
  image: string,
): Promise<{ readonly containers: readonly Details[]; remove(): Promise<void> }> {
  await docker("image", "tag", image, tag);
  const create = (options: readonly string[]) =>
    docker(
      "container",
      "create",
      "--label",
      "slipway.service=careless",
      "--user",
      "root",
      "--no-healthcheck",
      ...options,
      tag,
    );
  const ids = [await create(fromTheHost), await create(byDefault)];
  return {
    containers: await inspectAll(ids),
    async remove() {
      await docker("container", "rm", "--force", "--volumes", ...ids);
      await docker("image", "rm", tag);
    },
  };
}
