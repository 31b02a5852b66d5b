import type { Connection } from "../../lib/host/connection";
import { loginFailure, loginMessage, shortReason } from "../../lib/host/loginFailure";
import { type MachineState, machineStateScript, readMachineState } from "../../lib/host/machineState";
import { StepError, sleep } from "../steps/stepError";
import { ssh } from "./command";
import { deniedMessage } from "./denied";
import type { Progress } from "./progress";

/** A machine that one of several users can log in to. */
export interface Login extends Omit<Connection, "user"> {
  /** Tried in this order. */
  readonly users: readonly string[];
}

export interface Session {
  readonly connection: Connection;
  readonly state: MachineState;
}

/** Seconds that a machine that is just made may refuse every key: it lets sshd start before its users are there. */
const settling = 120;
const pause = 2_000;

/**
 * Logs in as the first of the users that can, as soon as the machine lets it, and asks the machine how it is.
 *
 * @param isNew whether the machine has just been made.
 * @throws {StepError} for what waiting doesn't mend, and when the time is over.
 */
export async function awaitLogin(
  login: Login,
  isNew: boolean,
  deadline: number,
  progress: Progress,
): Promise<Session> {
  const began = Date.now();
  for (;;) {
    const attempt = await attemptLogin(login);
    if ("session" in attempt) return attempt.session;
    const { said } = attempt;
    const failure = loginFailure(said);
    const settles = isNew && Date.now() - began < settling * 1000;
    const passes =
      ["unreachable", "starting"].includes(failure) ||
      (settles && ["denied", "otherHostKey"].includes(failure));
    if (!passes || Date.now() > deadline) {
      throw new StepError(
        failure === "denied" ? await deniedMessage(login) : loginMessage(failure, login, said),
      );
    }
    const what = failure === "unreachable" ? "ssh doesn't answer yet" : "ssh doesn't let us in yet";
    progress.waitsFor(`${login.address}: ${what} (${shortReason(said)})`);
    await sleep(pause);
  }
}

async function attemptLogin({
  users,
  ...machine
}: Login): Promise<{ readonly session: Session } | { readonly said: string }> {
  let said = "";
  for (const user of users) {
    const connection = { ...machine, user };
    const result = await ssh(connection, "exec sh -s", { input: machineStateScript, timeout: 60 });
    if (result.loggedIn) return { session: { connection, state: readMachineState(result.stdout) } };
    said = result.stderr;
    if (loginFailure(said) !== "denied") break;
  }
  return { said };
}
