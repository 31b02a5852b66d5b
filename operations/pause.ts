import type { Deployment, OwnContainer } from "./deployment";
import { OperationError } from "./pulumi";
import { attemptDocker, docker, indented } from "./steps/engine";
import { askUpstreamsAnew } from "./steps/proxyRecovery";
import { unready } from "./steps/readiness";

/** In the volume of the backup service: it is there as long as the data are, wherever the operation is run. */
const record = "/state/stopped.json";
/** Milliseconds; longer than any grace of a service that makes sense. */
const stopTimeout = 600_000;

/**
 * Stops containers for the time of a restore, and writes down which: a restore that is killed leaves them stopped, and
 * the next one starts them with its own.
 *
 * @param backup the backup service's container, which keeps what is written down; without one nothing is.
 * @param chosen those to stop, of which some may have stopped before.
 * @returns ids of all that have to be started again.
 */
export async function stopContainers(
  deployment: Deployment,
  backup: string | undefined,
  chosen: readonly OwnContainer[],
): Promise<readonly string[]> {
  const earlier = backup === undefined ? [] : await recorded(backup);
  const ids = chosen.filter(({ id, running }) => running || earlier.includes(id)).map(({ id }) => id);
  const running = chosen.filter((container) => container.running);
  if (backup !== undefined) {
    await docker(["exec", "-i", backup, "sh", "-c", `cat > ${record}`], JSON.stringify(ids));
  }
  if (running.length === 0) return ids;
  console.log(`Stopping ${running.map(({ name }) => name).join(", ")}.`);
  const stop = ["stop", ...running.map(({ id }) => id)];
  const { succeeded, said } = await attemptDocker(stop, stopTimeout);
  if (succeeded) return ids;
  // The engine goes on with a stop that was broken off, so it is awaited first.
  await attemptDocker(stop, stopTimeout);
  await startContainers(deployment, backup, ids);
  throw new OperationError(
    `not all could be stopped, so nothing was changed and all run again:\n${indented(said || "docker stop was broken off")}`,
  );
}

/** @throws {OperationError} with the last lines of those that don't get healthy. */
export async function startContainers(
  deployment: Deployment,
  backup: string | undefined,
  ids: readonly string[],
): Promise<void> {
  const there = (await docker(["ps", "--all", "--quiet", "--no-trunc"])).split("\n");
  const startable = ids.filter((id) => there.includes(id)).map((id) => ({ id, files: {}, owner: "0:0" }));
  const reports = await unready(startable, deployment.readyTimeout);
  if (reports.length > 0) {
    throw new OperationError(`What had been stopped did not get healthy again:\n${reports.join("\n")}`);
  }
  const proxy = await deployment.part("proxy");
  if (startable.length > 0 && proxy?.running === true) await askUpstreamsAnew(proxy.id);
  if (backup !== undefined) await docker(["exec", backup, "rm", "-f", record]);
}

/** Those that may write to the databases. */
export async function writersOf(deployment: Deployment): Promise<OwnContainer[]> {
  const all = await deployment.containers();
  return all.filter(({ service }) => deployment.writers.includes(service));
}

/** Ctrl-C reaches docker and pulumi too: they fail, and what was stopped is started again, which a killed process can't. */
export async function uninterrupted<T>(work: () => Promise<T>): Promise<T> {
  const heard = () => console.error("Interrupted: going back to what was before.");
  process.on("SIGINT", heard);
  try {
    return await work();
  } finally {
    process.off("SIGINT", heard);
  }
}

async function recorded(backup: string): Promise<readonly string[]> {
  const { succeeded, said } = await attemptDocker(["exec", backup, "cat", record], 10_000);
  if (!succeeded) return [];
  try {
    return JSON.parse(said) as string[];
  } catch {
    // Of one that was killed while it wrote, before it stopped anything.
    return [];
  }
}
