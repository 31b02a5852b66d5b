import { docker } from "../../engine/harness/engine";
import { outsideImage } from "./image";
import type { MachineDouble } from "./machineDouble";

/** Runs a shell command in a container beside the machine: it sees of it what the world does. */
export function fromOutside(machine: MachineDouble, command: string, ...options: string[]): Promise<string> {
  const label = ["--label", "slipway.machine-double=outside"];
  return docker(
    "run",
    "--rm",
    ...label,
    "--network",
    machine.network,
    ...options,
    outsideImage,
    "sh",
    "-c",
    command,
  );
}

/** TCP ports that accept a connection, of all that there are. */
export async function openPorts(machine: MachineDouble): Promise<number[]> {
  const options = "-n -Pn -sS -p- --open --min-rate 12000 --max-retries 1 --max-rtt-timeout 200ms -oG -";
  const report = await fromOutside(machine, `nmap ${options} ${machine.address}`);
  return [...report.matchAll(/(\d+)\/open\/tcp/g)].map(([, port]) => Number(port)).sort((a, b) => a - b);
}

/** Where clouds tell a machine who it is. */
export const metadataAddress = "169.254.169.254";

/**
 * Starts something that answers there, by HTTP, and at an ordinary address, which it gives. It goes with the machine.
 */
export async function startMetadataService(machine: MachineDouble): Promise<string> {
  const serve = `ip address add ${metadataAddress}/32 dev eth0 && cd /srv && exec python3 -m http.server 80`;
  const id = await docker(
    ...["run", "--detach", "--label", "slipway.machine-double=outside", "--network", machine.network],
    ...["--cap-add", "NET_ADMIN", outsideImage, "sh", "-c", serve],
  );
  await machine.exec(`ip route replace ${metadataAddress} dev eth0`);
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
  return docker("container", "inspect", "--format", format, id);
}
