import type { Deployment, OwnContainer } from "./deployment";
import { OperationError } from "./pulumi";
import { attemptDocker, indented } from "./steps/engine";

/** Seconds. Longer than any `timeouts.migration` that makes sense while the system stands still. */
const timeout = 3600;

/**
 * Runs the migration of the release that serves once more: what was restored may have the schema of an earlier one. A
 * migration may be run any number of times, as every update may run it again.
 */
export async function migrateAgain(deployment: Deployment): Promise<void> {
  const { migration } = deployment.app;
  if (migration === undefined) return;
  const containers = await deployment.containers();
  const serving =
    "service" in migration
      ? containers.filter(({ service }) => service === migration.service).map(({ release }) => release)
      : undefined;
  const jobs = containers.filter(
    ({ service, release }) => service === "migration" && (serving?.includes(release) ?? true),
  );
  // One of a release that failed may be there too; what has traffic is older.
  const [job] = jobs.reverse();
  if (job === undefined) return;
  console.log(`Running the migration of release ${job.release}, as the schema is another one.`);
  await runAgain(job);
}

/** @throws {OperationError} with its last lines when it fails. */
export async function runAgain({ id, release }: OwnContainer): Promise<void> {
  const { succeeded, said } = await attemptDocker(["start", "--attach", id], timeout * 1000);
  if (succeeded) return;
  throw new OperationError(
    `The migration of release ${release} failed when it was run again:\n${indented(said.split("\n").slice(-20).join("\n"))}`,
  );
}
