import { createLike, type TemplateContainer } from "../lib/createLike";
import { loadExeca } from "../lib/execa";
import { redacted } from "../lib/redaction";
import type { Deployment, OwnContainer } from "./deployment";
import { OperationError } from "./pulumi";
import { attemptDocker, docker } from "./steps/engine";

const service = "migration-revert";

/**
 * Runs the image of a migration with its way back, in a container like the migration's own, and shows what it prints. The
 * container stays until all that follows is done: a second run would take back one release more.
 *
 * @param seconds then it is ended.
 * @throws {OperationError} when it fails.
 */
export async function takeBack(
  job: OwnContainer,
  command: readonly string[],
  seconds: number,
): Promise<void> {
  const container = await createRevert(job, command);
  console.log(`Taking back the migration of release ${job.release}:`);
  const { execa } = await loadExeca();
  const running = execa("docker", ["start", "--attach", container], {
    all: true,
    reject: false,
    stdin: "ignore",
    timeout: seconds * 1000,
  });
  for await (const line of running.iterable({ from: "all" })) console.log(`  ${redacted(line)}`);
  const { failed, timedOut, exitCode } = await running;
  if (!failed) return;
  if (timedOut) await attemptDocker(["stop", container], 60_000);
  const reason = timedOut ? `did not end within ${seconds} s` : `ended with exit code ${exitCode}`;
  throw new OperationError(`Taking back the migration of release ${job.release} ${reason}.`);
}

/** The container of one that was killed before all was done. */
export async function brokenOffRevert(deployment: Deployment): Promise<OwnContainer | undefined> {
  return deployment.part(service);
}

/** With the volumes that it had in common with the migration's, where that one has gone. */
export async function removeRevert(deployment: Deployment): Promise<void> {
  const container = await deployment.part(service);
  if (container !== undefined) await docker(["rm", "--force", "--volumes", container.id]);
}

async function createRevert(job: OwnContainer, command: readonly string[]): Promise<string> {
  const [template] = JSON.parse(await docker(["container", "inspect", job.id])) as TemplateContainer[];
  if (template === undefined) throw new Error(`docker inspect ${job.id} gave nothing`);
  const format = "{{json .Config.Env}}";
  const imageEnvironment = JSON.parse(
    await docker(["image", "inspect", "--format", format, template.Image]),
  ) as readonly string[] | null;
  const { args, environment, moreNetworks } = createLike(template, imageEnvironment ?? [], service, command);
  const { execa } = await loadExeca();
  const { stdout } = await execa("docker", args, { env: environment, stdin: "ignore" });
  const container = stdout.trim();
  for (const network of moreNetworks) await docker(["network", "connect", network, container]);
  return container;
}
