import type { CloudInit } from "../../lib/host/machineState";
import { indented } from "../steps/engine";
import { StepError, sleep } from "../steps/stepError";
import { ssh } from "./command";
import { awaitLogin, type Login, type Session } from "./login";
import type { Progress } from "./progress";

const log = "/var/log/cloud-init-output.log";
const pause = 2_000;
/** Seconds after which cloud-init starts no more. */
const settling = 60;

/**
 * Waits until cloud-init has ended, on a machine that has it: it installs packages too, and may restart the machine.
 *
 * @param ours whether it runs the stack's user data. On a machine that was there before, what failed is not of ours.
 */
export async function awaitCloudInit(
  first: Session,
  login: Login,
  ours: boolean,
  deadline: number,
  progress: Progress,
): Promise<Session> {
  const began = Date.now();
  for (let session = first; ; session = await awaitLogin(login, ours, deadline, progress)) {
    const { status } = session.state.cloudInit;
    const is = described(session.state.cloudInit);
    if (status === "error" && ours) throw await cloudInitFailure(session);
    if (status === "error")
      process.stderr.write(`${login.address}: ${is}; the machine is prepared all the same\n`);
    if (status !== "waiting" && status !== "running") return session;
    // It may be there and never run, on a machine that no cloud has made.
    if (status === "waiting" && !ours && Date.now() - began > settling * 1000) return session;
    if (Date.now() > deadline) throw await cloudInitFailure(session, ", and did not end in time");
    progress.waitsFor(`${login.address}: ${is}`);
    await sleep(pause);
  }
}

export function described({ status, detail }: CloudInit): string {
  return `cloud-init: ${status === "waiting" ? "not started yet" : status}${detail === "" ? "" : `, ${detail}`}`;
}

/** With the last lines of its log. */
export async function cloudInitFailure({ connection, state }: Session, more = ""): Promise<StepError> {
  const { stdout } = await ssh(connection, `${state.user === "root" ? "" : "sudo -n "}tail -n 30 ${log}`, {
    timeout: 30,
  });
  return new StepError(
    [
      `The machine at ${connection.address} was not prepared. ${described(state.cloudInit)}${more}`,
      `  The last lines of ${log}:\n${indented(stdout === "" ? "(none)" : stdout)}`,
      "  What to do: mend what the lines name and run `pulumi up`. If the machine itself is at fault, replace it:",
      "  `pulumi up --target-replace <urn of the machine>`; the data volume and the address stay.",
    ].join("\n"),
  );
}
