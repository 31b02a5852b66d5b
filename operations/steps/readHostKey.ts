import { awaitLogin, type Login } from "../ssh/login";
import { Progress } from "../ssh/progress";
import { StepError, stepMain } from "./step";

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

/** Reads the machine's own host key over a connection that another key of it has proved. */
async function readHostKey({ login, machine, timeout }: ReadHostKeyInput): Promise<ReadHostKeyResult> {
  const earlier = pinnedBefore(machine);
  if (earlier !== undefined) return earlier;
  const { state } = await awaitLogin(login, true, Date.now() + timeout * 1000, new Progress());
  if (!state.hostKey.startsWith("ssh-ed25519 ")) {
    throw new StepError(
      `The machine at ${login.address} has no host key of its own, /etc/ssh/ssh_host_ed25519_key.pub: run \`sudo ssh-keygen -A\` on it, then \`pulumi up\`.`,
    );
  }
  return { hostKey: state.hostKey, machine };
}

/** What an earlier update has read from the same machine. It doesn't show the first key any more. */
function pinnedBefore(machine: string): ReadHostKeyResult | undefined {
  const before = process.env.PULUMI_COMMAND_STDOUT;
  if (before === undefined || before === "") return undefined;
  const earlier = JSON.parse(before) as ReadHostKeyResult;
  return earlier.machine === machine ? earlier : undefined;
}

if (require.main === module) void stepMain(readHostKey);
