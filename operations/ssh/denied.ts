import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { loadExeca } from "../../lib/execa";
import { sshArguments } from "./command";
import type { Login } from "./login";

/** Says which keys a machine has refused, and which ones could not be offered to it. */
export async function deniedMessage({ users, ...machine }: Login): Promise<string> {
  const { execa } = await loadExeca();
  const user = users.at(-1) ?? "root";
  const args = sshArguments({ ...machine, user }, "-o", "LogLevel=DEBUG1");
  const { stderr } = await execa("ssh", [...args, "true"], {
    stdin: "ignore",
    reject: false,
    timeout: 60_000,
  });
  const offered = [...new Set(offeredKeys(stderr))];
  const locked = await lockedKeys(args);
  return [
    `The machine at ${machine.address} lets none of ${users.join(", ")} in by ssh: permission denied.`,
    offered.length === 0
      ? "  No key was offered: ssh found none in its agent and none among its default files."
      : `  Keys offered: ${offered.join("; ")}`,
    ...locked.map(
      (file) =>
        `  ${file} has a passphrase, and no agent holds it: \`ssh-add ${file}\` and run \`pulumi up\` again.`,
    ),
    `  What to do: add the key to the machine's ~${user}/.ssh/authorized_keys in the provider's console (a new machine gets`,
    "  those of slipway:machine.publicKeys), or let ssh use the right one (`ssh-add`, IdentityFile in ~/.ssh/config).",
  ].join("\n");
}

/** From what `ssh -v` prints. */
export function offeredKeys(said: string): string[] {
  return [...said.matchAll(/Offering public key: (.*?)\r?$/gm)].map(([, key = ""]) => key);
}

/** Key files that ssh would take, if it had their passphrase. */
async function lockedKeys(sshArgs: readonly string[]): Promise<string[]> {
  const [configuration, agent] = await Promise.all([said("ssh", "-G", ...sshArgs), said("ssh-add", "-l")]);
  const files = [...configuration.matchAll(/^identityfile (.*)$/gm)].map(([, file = ""]) => expanded(file));
  const locked: string[] = [];
  for (const file of files.filter((one) => existsSync(one))) {
    const opened = await said("ssh-keygen", "-y", "-P", "", "-f", file);
    if (!/passphrase/i.test(opened)) continue;
    const [, fingerprint] = (await said("ssh-keygen", "-l", "-f", file)).split(" ");
    if (fingerprint === undefined || !agent.includes(fingerprint)) locked.push(file);
  }
  return locked;
}

/** What a command prints, whether it succeeds or not. */
async function said(command: string, ...args: readonly string[]): Promise<string> {
  const { execa } = await loadExeca();
  const { all } = await execa(command, args, { stdin: "ignore", all: true, reject: false });
  return all ?? "";
}

function expanded(file: string): string {
  return file.startsWith("~/") ? join(homedir(), file.slice(2)) : file;
}
