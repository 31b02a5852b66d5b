import type { Finding } from "../../lib/doctor/finding";
import { failed } from "../../lib/doctor/finding";
import { judgeMachine } from "../../lib/doctor/machine";
import { machineFacts, machineScript } from "../../lib/doctor/machineFacts";
import { ssh } from "../ssh/command";
import { limited } from "./limited";
import type { Subject } from "./subject";

/** Seconds. The lists of packages are read on the machine, which takes a small one a while. */
const timeout = 60;

/** What the machine says of itself, where it isn't this one. */
export function machine(subject: Subject): Promise<Finding[]> {
  return limited("machine", timeout + 5, () => asked(subject));
}

async function asked({ stack, machine: connection, settings, state }: Subject): Promise<Finding[]> {
  if (connection === undefined) return [];
  const { loggedIn, stdout, stderr } = await ssh(connection, "exec bash -s", {
    input: machineScript,
    timeout,
  });
  if (!loggedIn) {
    const { user, address, port } = connection;
    const said = stderr.trim().replaceAll(/\s*\n\s*/g, "; ");
    return [
      failed(
        "machine",
        said === "" ? "ssh doesn't answer" : said,
        `\`ssh -p ${port} ${user}@${address}\` must let you in`,
      ),
    ];
  }
  return judgeMachine(machineFacts(stdout.split("\n")), {
    ...{ stack, now: new Date(), prepared: state.prepared },
    dataDisk: settings.host === "ssh" ? settings.ssh?.dataDevice !== undefined : settings.host !== "local",
    leastFree: settings.observability.thresholds.disk,
  });
}
