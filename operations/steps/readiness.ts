import { attemptDocker, docker, type Inspection, indented, inspect, lastLines } from "./engine";
import { type StartableContainer, startContainer } from "./start";
import { StepError, sleep } from "./step";

const pollInterval = 200;
const probeTimeout = 5_000;
/** Milliseconds that a container without a health check must have run. A bad configuration ends it sooner. */
const settled = 2_000;
/** A container that ended this often will not come up; waiting longer only costs time. */
const hopelessRestarts = 2;

type Outcome = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/**
 * Starts the containers and waits until each passes its own health check. The check is run here, at once and five times a second: the
 * engine's first one comes a whole interval after the start.
 *
 * A container that doesn't get there is stopped, so that it doesn't restart for ever, and kept, so that it can be looked
 * at; the next update that runs this step starts it again.
 *
 * @param seconds until a container must be ready.
 * @throws {StepError} with the reason and the last log lines of each that isn't.
 */
export async function awaitReadiness(
  what: string,
  startable: readonly StartableContainer[],
  seconds: number,
): Promise<void> {
  const reports = await unready(startable, seconds);
  if (reports.length === 0) return;
  await docker(["stop", ...startable.map(({ id }) => id)]);
  throw new StepError(
    [
      `${what} did not get ready: the update stops here, and what served before still serves.`,
      ...reports,
      "  What to do: read the lines above; set the earlier pin again, or a mended one, then run `pulumi up`.",
      "  The failed containers are stopped; the next good update removes them.",
    ].join("\n"),
  );
}

/** Starts the containers, and gives the reason and the last log lines of each that doesn't get healthy in time. */
export async function unready(startable: readonly StartableContainer[], seconds: number): Promise<string[]> {
  await Promise.all(startable.map(startContainer));
  const containers = startable.map(({ id }) => id);
  const deadline = Date.now() + seconds * 1000;
  const outcomes = await Promise.all(containers.map((container) => awaitOne(container, deadline, seconds)));
  const failures = await Promise.all(
    outcomes.map(async (outcome, index) => {
      const container = containers[index];
      if (outcome.ready || container === undefined) return [];
      const { Name } = await inspect(container);
      return [`  ${Name.slice(1)} ${outcome.reason}. Its last lines:\n${await lastLines(container)}`];
    }),
  );
  return failures.flat();
}

async function awaitOne(container: string, deadline: number, seconds: number): Promise<Outcome> {
  let said = "";
  const { RestartCount: earlierRestarts } = await inspect(container);
  while (Date.now() < deadline) {
    const inspection = await inspect(container);
    const { State, RestartCount } = inspection;
    if (State.Status === "running") {
      const command = probeCommand(inspection);
      // An image without a program to ask by: what it is worth shows in that it goes on running.
      if (command === undefined) {
        if (Date.now() - Date.parse(State.StartedAt) > settled) return { ready: true };
      } else {
        const probe = await attemptDocker(["exec", container, ...command], probeTimeout);
        if (probe.succeeded) return { ready: true };
        said = probe.said;
      }
    } else if (State.Status !== "restarting" || RestartCount - earlierRestarts >= hopelessRestarts) {
      // Only now, while it doesn't run, does the engine tell the exit code of its last run.
      return { ready: false, reason: ended(inspection) };
    }
    await sleep(pollInterval);
  }
  const lastAnswer = said === "" ? "" : `; the check last said:\n${indented(said)}\n  `;
  return { ready: false, reason: `was not healthy within ${seconds} s${lastAnswer}` };
}

function ended({ State, RestartCount }: Inspection): string {
  const cause = State.OOMKilled
    ? "was killed for using more memory than its limit"
    : `ended with exit code ${State.ExitCode}`;
  return RestartCount > 0 ? `${cause}, ${RestartCount + 1} times` : cause;
}

function probeCommand({ Config, Name }: Inspection): readonly string[] | undefined {
  const test = Config.Healthcheck?.Test;
  if (test === undefined) return undefined;
  const [kind, ...command] = test;
  if (kind === "CMD") return command;
  if (kind === "CMD-SHELL") return ["/bin/sh", "-c", ...command];
  throw new Error(`${Name} has no health check`);
}
