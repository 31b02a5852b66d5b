import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { attempt, run } from "../images/command";

// needrestart would restart services of the machine, or ask which.
const env = { DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_SUSPEND: "1" };

/** Whether packages can be installed here: Debian or Ubuntu, and root. */
export async function canUseApt(): Promise<boolean> {
  return (await isDebian()) && userInfo().uid === 0;
}

/** Debian, Ubuntu or another of the family. */
export async function isDebian(): Promise<boolean> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release);
}

/** Installs packages; the lists are brought up to date first, as a fresh machine has none. */
export async function aptInstall(...packages: string[]): Promise<void> {
  await run("apt-get", ["update", "--quiet"], { env });
  await run("apt-get", ["install", "--yes", "--quiet", ...packages], { env });
}

/** The names of the packages that begin so, as far as the machine's lists know. */
export async function aptPackages(prefix: string): Promise<string[]> {
  await attempt("apt-get", ["update", "--quiet"], { env });
  const { stdout } = await attempt("apt-cache", ["pkgnames", prefix]);
  return stdout.split("\n").filter((name) => name !== "");
}
