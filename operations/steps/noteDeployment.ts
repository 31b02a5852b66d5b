import { hostname, userInfo } from "node:os";
import { type DeployedRelease, type DeploymentRecord, deploymentRecord } from "../../lib/deploymentRecord";
import { loadExeca } from "../../lib/execa";
import { attemptDocker, docker } from "./engine";
import { stepMain } from "./step";

export interface NoteDeploymentInput {
  /** Name of the proxy's container, in whose volume the record is kept. */
  readonly proxy: string;
  readonly release: DeployedRelease;
}

/** In the volume of the proxy's configuration, which is there as long as the system is. */
const file = "/etc/caddy/deployment.json";
const patience = 10_000;

/** Writes down what serves from now on, when that began, who deployed it, and what served before. */
export async function noteDeployment({ proxy, release }: NoteDeploymentInput): Promise<DeploymentRecord> {
  const [last, gitCommit] = await Promise.all([lastRecord(proxy), checkedOutCommit()]);
  const record = deploymentRecord(release, { now: new Date(), deployedBy: deployer(), gitCommit, last });
  // A rename: whoever reads sees the old record or the new one.
  const script = `umask 022 && cat > ${file}.next && mv ${file}.next ${file}`;
  const command = ["exec", "-i", "--user", "0", proxy, "sh", "-c", script];
  await docker(command, `${JSON.stringify(record, undefined, 2)}\n`);
  return record;
}

async function lastRecord(proxy: string): Promise<string> {
  const { succeeded, said } = await attemptDocker(["exec", proxy, "cat", file], patience);
  return succeeded ? said : "";
}

/** Undefined where git is missing, or the program's folder is no checkout. */
async function checkedOutCommit(): Promise<string | undefined> {
  const { execa } = await loadExeca();
  const { failed, stdout } = await execa("git", ["rev-parse", "HEAD"], { reject: false, stdin: "ignore" });
  return failed ? undefined : stdout.trim();
}

/** In a pipeline of GitHub, who has started it. */
function deployer(): string {
  return process.env.GITHUB_ACTOR || `${userName()}@${hostname()}`;
}

/** The system may have no name for the user: in a container, for example. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "unknown");
  }
}

if (require.main === module) void stepMain(noteDeployment);
