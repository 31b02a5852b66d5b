import { StepError, sleep } from "../steps/stepError";
import { awaitLogin, type Login, type Session } from "./login";
import type { Progress } from "./progress";

/** Seconds for sshd and the engine, which the preparation may just have restarted. */
const patience = 90;

/**
 * Logs in anew, as whoever runs containers, and waits for the engine.
 *
 * @throws {StepError} when something of it isn't as the preparation should have left it.
 */
export async function awaitEngine(login: Login, digest: string, progress: Progress): Promise<Session> {
  const deadline = Date.now() + patience * 1000;
  for (;;) {
    const session = await awaitLogin(login, false, deadline, progress);
    const { engine, root, digest: noted } = session.state;
    if (!root) throw new StepError(notReady(login, "its user may not use sudo without a password"));
    if (noted !== digest) throw new StepError(notReady(login, "it doesn't say that it is prepared"));
    if (engine !== "") return session;
    if (Date.now() > deadline) throw new StepError(notReady(login, "its Docker engine doesn't answer"));
    progress.waitsFor(`${login.address}: the Docker engine doesn't answer yet`);
    await sleep(2_000);
  }
}

function notReady({ users, address }: Login, reason: string): string {
  return [
    `The machine at ${address} is not ready: ${reason}.`,
    `  What to do: look at it (ssh ${users.join(", ")}@${address} sudo journalctl -u docker -n 50), mend it and run \`pulumi up\`.`,
  ].join("\n");
}
