import { loadExeca } from "../../lib/execa";
import { attemptDocker, indented } from "./engine";
import { refuseOtherRuns } from "./otherRuns";
import { makeRestorePoint, type RestorePoint, type RestorePointInput } from "./restorePoint";
import { prepareContainer, type StartableContainer } from "./start";
import { StepError, stepMain } from "./step";

export interface RunJobInput {
  /** What the job does, for messages: "migration of release 1.1.0". */
  readonly what: string;
  readonly container: StartableContainer;
  /** Seconds; then it is stopped. */
  readonly timeout: number;
  /** What is dumped before, each time that it runs: what a failed update left undone is done later, on other data. */
  readonly restorePoint?: RestorePointInput;
  /** Whether another run of it that hasn't ended is stopped, instead of refusing to start beside it. @default false */
  readonly force?: boolean;
}

export interface JobResult {
  readonly seconds: number;
  /** Undefined when there was nothing to go back to. */
  readonly restorePoint?: RestorePoint;
}

const shownLines = 30;

/** Starts the container, shows what it prints, and fails unless it ends with exit code 0 in time. */
async function runJob(input: RunJobInput): Promise<JobResult> {
  const { what, container, timeout, force = false } = input;
  await refuseOtherRuns(what, container.id, force);
  const restorePoint = input.restorePoint && (await makeRestorePoint(input.restorePoint));
  await prepareContainer(container);
  const started = Date.now();
  const { execa } = await loadExeca();
  const { exitCode, failed, timedOut, all } = await execa("docker", ["start", "--attach", container.id], {
    all: true,
    reject: false,
    stdin: "ignore",
    timeout: timeout * 1000,
  });
  const lines = all.split("\n").slice(-shownLines).join("\n");
  if (timedOut) await attemptDocker(["stop", container.id], 60_000);
  if (failed) {
    const reason = timedOut ? `did not end within ${timeout} s` : `ended with exit code ${exitCode}`;
    throw new StepError(
      [
        `${what} ${reason}: the update stops here, and what served before still serves.`,
        `  Its last lines:\n${indented(lines === "" ? "(it printed nothing)" : lines)}`,
        "  What to do: mend what the lines name and run `pulumi up` again; it runs this job again.",
        "  Or set the earlier pin again and run `pulumi up`.",
      ].join("\n"),
    );
  }
  process.stderr.write(`${what} done\n${lines === "" ? "" : `${indented(lines)}\n`}`);
  return {
    seconds: (Date.now() - started) / 1000,
    ...(restorePoint === undefined ? {} : { restorePoint }),
  };
}

if (require.main === module) void stepMain(runJob);
