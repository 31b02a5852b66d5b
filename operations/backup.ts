import { backupLines, bytes } from "../lib/backup/choice";
import { Deployment } from "./deployment";
import { readOptions } from "./options";
import { OperationError, operationMain } from "./pulumi";
import { callBackup } from "./steps/backupService";

const usage = "npm run backup -- --stack S [--list]";

/** Makes a backup now, besides those on schedule, or lists what there is. */
async function backup(): Promise<void> {
  const { stack, list } = readOptions(usage, { stack: { type: "string" }, list: { type: "boolean" } });
  if (stack === undefined) throw new OperationError(`--stack is missing\nusage: ${usage}`);
  const container = await (await Deployment.find(stack)).backupService();
  if (list === true) {
    const lines = backupLines(await callBackup(container, "list", {}));
    return console.log(lines.join("\n") || "There is no complete backup.");
  }
  const onLog = (line: string) => console.log(line);
  const summary = await callBackup(container, "backup", { reason: "manual" }, { onLog });
  console.log(
    `Backup ${summary.run} is complete: ${bytes(summary.bytes)} in ${summary.seconds.toFixed(1)} s, the repository grew by ${bytes(summary.addedBytes)}.`,
  );
}

void operationMain(backup);
