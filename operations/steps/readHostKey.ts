import { cloudInitFailure, described } from "../ssh/cloudInit";
import { awaitLogin, type Login } from "../ssh/login";
import { Progress } from "../ssh/progress";
import { StepError, sleep, stepMain } from "./step";

export interface ReadHostKeyInput {
  /** With the host key that the machine shows at the first contact. */
  readonly login: Login;
  /** Only to read it again from another machine. */
  readonly machine: string;
  /** Seconds until the machine must answer. */
  readonly timeout: number;
}

export interface ReadHostKeyResult {
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
  readonly machine: string;
}

const pause = 2_000;

/** Reads the machine's own host key over a connection that another key of it has proved. */
export async function readHostKey({ login, machine, timeout }: ReadHostKeyInput): Promise<ReadHostKeyResult> {
  const earlier = pinnedBefore(machine);
  if (earlier !== undefined) return earlier;
  const deadline = Date.now() + timeout * 1000;
  const progress = new Progress();
  for (;;) {
    const session = await awaitLogin(login, true, deadline, progress);
    const { hostKey, cloudInit } = session.state;
    if (hostKey.startsWith("ssh-ed25519 ")) return { hostKey, machine };
    // Cloud-init leaves it to the preparation, which it runs.
    if (cloudInit.status === "error") throw await cloudInitFailure(session);
    if (Date.now() > deadline) throw new StepError(missing(login.address));
    progress.waitsFor(
      `${login.address}: the machine has no host key of its own yet (${described(cloudInit)})`,
    );
    await sleep(pause);
  }
}

function missing(address: string): string {
  return [
    `The machine at ${address} has no host key of its own, /etc/ssh/ssh_host_ed25519_key.pub.`,
    "  What to do: run `sudo ssh-keygen -A` on it, in the provider's console, then `pulumi up`.",
  ].join("\n");
}

/** What an earlier update has read from the same machine. It doesn't show the first key any more. */
function pinnedBefore(machine: string): ReadHostKeyResult | undefined {
  const before = process.env.PULUMI_COMMAND_STDOUT;
  if (before === undefined || before === "") return undefined;
  const earlier = JSON.parse(before) as ReadHostKeyResult;
  return earlier.machine === machine ? earlier : undefined;
}

if (require.main === module) void stepMain(readHostKey);
