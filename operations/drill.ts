import { Deployment } from "./deployment";
import { readOptions } from "./options";
import { OperationError, operationMain } from "./pulumi";
import { callDrill } from "./steps/backupService";

const usage = "npm run drill -- --stack S [--from ID]";

/** Proves a backup now, as is done every night: restores it into a server that is thrown away, and compares. */
async function drill(): Promise<void> {
  const { stack, from } = readOptions(usage, { stack: { type: "string" }, from: { type: "string" } });
  if (stack === undefined) throw new OperationError(`--stack is missing\nusage: ${usage}`);
  const container = await (await Deployment.find(stack)).running("drill", "drill");
  const onLog = (line: string) => console.log(line);
  const input = from === undefined || from === "latest" ? {} : { run: from };
  const result = await callDrill(container, "drill", input, { onLog });
  if (result.error !== undefined)
    throw new OperationError(`backup ${result.run} is not good: ${result.error}`);
  console.log(
    `Backup ${result.run} of repository ${result.repository} is good: restored in ${result.seconds.toFixed(1)} s, ${result.rows} rows compared.`,
  );
  for (const check of result.checks) console.log(`  ${check}`);
  if (result.recoveryPoint !== undefined) console.log(`  has everything until ${result.recoveryPoint}`);
  if (result.pitrRecoveryPoint !== undefined) {
    console.log(`  with the write-ahead log until ${result.pitrRecoveryPoint}`);
  }
}

void operationMain(drill);
