import { redacted } from "../../lib/redaction";
import { startupProblem } from "../../lib/startupAnswer";
import { upstreamsFolder } from "../../lib/upstream";
import { attemptDocker, docker, indented, lastLines } from "./engine";
import { StepError, sleep } from "./step";

/** What one new container must answer before it gets a request. */
export interface StartupCheck {
  /** Its name in the spec, for messages. */
  readonly service: string;
  readonly container: string;
  readonly port: number;
  /** Must answer 200. */
  readonly path: string;
  /** Fields of the JSON that it answers with, and their values. */
  readonly expect: Readonly<Record<string, string>>;
}

const pollInterval = 500;
/** Seconds for one answer. */
const patience = 5;
const shown = 500;

/** Those of the containers that serve nothing yet: one that the release keeps isn't asked again. */
export async function newcomers(
  proxy: string,
  slots: Readonly<Record<string, string>>,
  checks: readonly StartupCheck[],
): Promise<readonly StartupCheck[]> {
  if (checks.length === 0) return [];
  const script = Object.keys(slots)
    .map((slot) => `cat ${upstreamsFolder}/${slot} 2> /dev/null; echo`)
    .join("; ");
  const serving = (await docker(["exec", proxy, "sh", "-c", script])).split("\n");
  return checks.filter(({ container }) => !serving.includes(container));
}

/**
 * Asks each container through the proxy, as the first request will come to it, until all answer as expected.
 *
 * @param proxy its container.
 * @param seconds until all must.
 * @throws {StepError} naming each that doesn't, with what it answered last and its last log lines.
 */
export async function awaitStartup(
  proxy: string,
  checks: readonly StartupCheck[],
  seconds: number,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  const problems = await Promise.all(checks.map((check) => awaitOne(proxy, check, deadline)));
  const reports = problems.filter((problem) => problem !== undefined);
  if (reports.length === 0) return;
  throw new StepError(
    [
      `The release did not pass its startup checks within ${seconds} s: the update stops here, and the earlier one still serves.`,
      ...reports,
      "  What to do: mend what the lines name, or set the earlier pins again, and run `pulumi up`.",
      "  The new containers run on without a request, so that they can be looked at; the next good update removes them.",
    ].join("\n"),
  );
}

async function awaitOne(proxy: string, check: StartupCheck, deadline: number): Promise<string | undefined> {
  const { service, container, port, path, expect } = check;
  const url = `http://${container}:${port}${path}`;
  for (;;) {
    const ask = ["exec", proxy, "timeout", String(patience), "wget", "-q", "-O", "-", url];
    const { succeeded, said } = await attemptDocker(ask, (patience + 5) * 1000);
    const problem = succeeded ? startupProblem(said, expect) : "it must answer 200";
    if (problem === undefined) return undefined;
    if (Date.now() > deadline) {
      return [
        `  Service ${service}, container ${container}, at ${path}: ${problem}. It answered last:`,
        indented(said === "" ? "(nothing)" : redacted(said).slice(0, shown)),
        "  Its last lines:",
        await lastLines(container),
      ].join("\n");
    }
    await sleep(pollInterval);
  }
}
