import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import type { Connection } from "../../lib/host/connection";
import type { Preparation } from "../../lib/host/preparation";
import { indented } from "../steps/engine";
import { StepError } from "../steps/stepError";
import { ssh } from "./command";

const shownLines = 30;
/** How often a preparation is gone back to whose connection broke. It runs on meanwhile. */
const attempts = 3;

/** Unpacks what comes on standard input into a folder that only root can read, and starts what is in it. */
const receive =
  'umask 077; folder=$(mktemp -d /run/slipway.XXXXXXXX) && tar -xf - -C "$folder" && exec bash "$folder/start" "$folder"';

/**
 * Starts the run and shows what it prints. The run doesn't hang on the connection: it ends also when the update is killed
 * or the network fails, so that no package is left half installed.
 */
const start = `set -u
folder=$1
: > "$folder/log"
setsid nohup bash "$folder/run" "$folder" > "$folder/log" 2>&1 < /dev/null &
run=$!
tail -n +1 -s 0.2 -f --pid="$run" "$folder/log"
wait "$run"
code=$?
rm -rf "$folder"
exit "$code"
`;

/** Puts the files in their places and runs the script, one run after the other. */
const run = `set -euo pipefail
folder=$1
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
exec 8> /run/slipway-installation.lock
flock --nonblock 8 || { echo "an earlier update still prepares the machine: waiting for it to end"; flock 8; }
umask 022
cd /
while read -r mode name path; do
  mkdir -p "$(dirname "$path")"
  install -m "$mode" "$folder/$name" "$path.slipway-new"
  mv -f "$path.slipway-new" "$path"
done < "$folder/files"
# What the script starts must not hold the lock.
bash "$folder/script" 8>&-
`;

/** @throws {StepError} with the last lines of the script when it fails. */
export async function installPreparation(
  connection: Connection,
  preparation: Preparation,
  timeout: number,
): Promise<void> {
  const input = await archive(preparation);
  // sudo clears the environment, and the machine must not ban whoever prepares it.
  const command =
    connection.user === "root"
      ? `exec sh -c '${receive}'`
      : `exec sudo -n env SSH_CONNECTION="$SSH_CONNECTION" sh -c '${receive}'`;
  for (let attempt = 1; ; attempt++) {
    const lines: string[] = [];
    const onLine = (line: string) => {
      lines.push(line);
      process.stderr.write(`${line}\n`);
    };
    const { loggedIn, exitCode } = await ssh(connection, command, { input, onLine, timeout });
    if (exitCode === 0) return;
    if (!loggedIn && attempt < attempts) {
      process.stderr.write(`${connection.address}: the connection broke; the preparation is gone back to\n`);
      continue;
    }
    const reason = loggedIn ? `ended with exit code ${exitCode}` : "was left, as the connection broke";
    throw new StepError(
      [
        `The preparation of the machine at ${connection.address} ${reason}: the update stops here.`,
        `  Its last lines:\n${indented(lines.slice(-shownLines).join("\n") || "(it printed nothing)")}`,
        "  What to do: mend what the lines name and run `pulumi up` again; it goes on where this one stopped.",
      ].join("\n"),
    );
  }
}

function archive({ files, script }: Preparation): Promise<Buffer> {
  const tar = pack();
  const list = files.map(({ path, mode }, index) => `${mode} ${index} ${path}\n`);
  const entries: readonly (readonly [string, string])[] = [
    ["start", start],
    ["run", run],
    ["script", script],
    ["files", list.join("")],
    ...files.map(({ content }, index) => [String(index), content] as const),
  ];
  for (const [name, content] of entries) tar.entry({ name, mode: 0o600 }, content);
  tar.finalize();
  return buffer(tar);
}
