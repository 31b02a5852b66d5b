import type { Connection } from "../../lib/host/connection";
import { dropBootstrapHostKey } from "../../lib/host/machine/hostKeys";
import { indented } from "../steps/engine";
import { StepError } from "../steps/stepError";
import { ssh } from "./command";

/**
 * Takes the host key of the first contact away from the machine, over a connection that its own has proved. Whoever reads
 * the user data can't pass for the machine any more.
 */
export async function retireBootstrapHostKey(connection: Connection): Promise<void> {
  const { exitCode, stderr } = await ssh(connection, "exec sudo -n bash -s", {
    input: dropBootstrapHostKey,
    timeout: 60,
  });
  if (exitCode === 0) return;
  throw new StepError(
    [
      `The machine at ${connection.address} still has the host key of the first contact:\n${indented(stderr)}`,
      "  What to do: mend what the lines name and run `pulumi up` again.",
    ].join("\n"),
  );
}
