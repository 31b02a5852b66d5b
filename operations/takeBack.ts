import { createLike, type TemplateContainer } from "../lib/createLike";
import { loadExeca } from "../lib/execa";
import { redacted } from "../lib/redaction";
import type { OwnContainer } from "./deployment";
import { OperationError } from "./pulumi";
import { attemptDocker, docker } from "./steps/engine";

/**
 * Runs the image of a migration with its way back, in a container like the migration's own, and shows what it prints.
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
  try {
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
    const reason = timedOut ? `did not end within ${seconds} s` : `ended with exit code ${exitCode}`;
    throw new OperationError(`Taking back the migration of release ${job.release} ${reason}.`);
  } finally {
    // It may still run. Its volumes are the migration's.
    await attemptDocker(["rm", "--force", container], 60_000);
  }
}

async function createRevert(job: OwnContainer, command: readonly string[]): Promise<string> {
  const [template] = JSON.parse(await docker(["container", "inspect", job.id])) as TemplateContainer[];
  if (template === undefined) throw new Error(`docker inspect ${job.id} gave nothing`);
  const format = "{{json .Config.Env}}";
  const imageEnvironment = JSON.parse(
    await docker(["image", "inspect", "--format", format, template.Image]),
  ) as readonly string[] | null;
  const service = `${job.service}-revert`;
  const { args, environment, moreNetworks } = createLike(template, imageEnvironment ?? [], service, command);
  const { execa } = await loadExeca();
  const { stdout } = await execa("docker", args, { env: environment, stdin: "ignore" });
  const container = stdout.trim();
  for (const network of moreNetworks) await docker(["network", "connect", network, container]);
  return container;
}
