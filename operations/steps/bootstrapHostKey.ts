import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadExeca } from "../../lib/execa";
import { StepError, stepMain } from "./step";

export interface BootstrapHostKeyResult {
  readonly privateKey: string;
  /** `ecdsa-sha2-nistp256 AAAA…` */
  readonly publicKey: string;
}

/**
 * Makes the host key that a new machine shows at the first contact. Of a kind that its preparation retires: afterwards it
 * opens nothing, and proves nothing.
 */
export async function bootstrapHostKey(): Promise<BootstrapHostKeyResult> {
  const { execa } = await loadExeca();
  // Readable by its owner alone.
  const folder = await mkdtemp(join(tmpdir(), "slipway-"));
  try {
    const file = join(folder, "key");
    const { failed, stderr, code } = await execa(
      "ssh-keygen",
      ["-q", "-t", "ecdsa", "-b", "256", "-N", "", "-C", "", "-f", file],
      { stdin: "ignore", reject: false },
    );
    if (code === "ENOENT")
      throw new StepError("ssh-keygen is missing on this machine: install OpenSSH's client");
    if (failed) throw new StepError(`ssh-keygen could not make a key: ${stderr}`);
    const [privateKey, line] = await Promise.all([readFile(file, "utf8"), readFile(`${file}.pub`, "utf8")]);
    return { privateKey, publicKey: line.trim().split(" ").slice(0, 2).join(" ") };
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (require.main === module) void stepMain(bootstrapHostKey);
