import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type RecoveryKit, recoveryKitSecrets, recoveryKitText } from "../lib/backup/recoveryKit";
import { systemOf } from "./belongings";
import { readOptions } from "./options";
import { OperationError, operationMain, readPulumi } from "./pulumi";
import { writeSetting } from "./stackFile";

const usage = "npm run key -- --stack S --to FILE | --from FILE";

/**
 * Writes down what a machine needs besides the repositories to have the data back, or sets it in the stack of a bare
 * machine.
 */
async function key(): Promise<void> {
  const { stack, to, from } = readOptions(usage, {
    stack: { type: "string" },
    to: { type: "string" },
    from: { type: "string" },
  });
  if (stack === undefined) throw new OperationError(`--stack is missing\nusage: ${usage}`);
  if ((to === undefined) === (from === undefined)) {
    throw new OperationError(`one of --to and --from is needed\nusage: ${usage}`);
  }
  if (to !== undefined) await exportKit(stack, callersPath(to));
  if (from !== undefined) await importKit(stack, callersPath(from));
}

async function exportKit(stack: string, file: string): Promise<void> {
  const outputs = JSON.parse(
    await readPulumi(stack, ["stack", "output", "--json", "--show-secrets"]),
  ) as Readonly<{ recoveryKit?: RecoveryKit }>;
  const kit = outputs.recoveryKit;
  if (kit === undefined) {
    throw new OperationError(
      `stack ${stack} has no backups yet: set slipway:backups.enabled to true and run \`pulumi up --stack ${stack}\``,
    );
  }
  const text = recoveryKitText(await systemOf(stack), stack, kit);
  try {
    await writeFile(file, text, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw fileError(file, error);
  }
  await writeSetting(stack, ["backups", "keyExported"], kit.fingerprint);
  console.log(
    `Wrote ${file}: the key of the backups (fingerprint ${kit.fingerprint}) and the secrets that their data depend on.\n` +
      "Whoever has it and a repository has all data, so move it to a password manager or a safe; never keep it beside the backups.\n" +
      `Pulumi.${stack}.yaml notes that it is exported (slipway:backups.keyExported); the warning ends with the next \`pulumi up\`.`,
  );
}

async function importKit(stack: string, file: string): Promise<void> {
  const secrets = await kitSecrets(file);
  for (const [name, value] of Object.entries(secrets)) {
    await readPulumi(stack, ["config", "set", "--secret", "--path", `secrets.${name}`], value);
  }
  console.log(
    `Set in stack ${stack}, encrypted: ${Object.keys(secrets).sort().join(", ")}. Next: \`pulumi up --stack ${stack}\`, then npm run restore.`,
  );
}

async function kitSecrets(file: string): Promise<Readonly<Record<string, string>>> {
  try {
    return recoveryKitSecrets(await readFile(file, "utf8"));
  } catch (error) {
    if (error instanceof RangeError) throw new OperationError(`${file} is no recovery kit: ${error.message}`);
    throw fileError(file, error);
  }
}

/** `npm run` changes to the project's folder and tells where it was called. */
function callersPath(file: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), file);
}

function fileError(file: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EEXIST") return new OperationError(`--to ${file} is there already: name a file that isn't`);
  if (code === "ENOENT" || code === "EACCES" || code === "EISDIR") {
    return new OperationError(`${file} can't be used: ${(error as Error).message}`);
  }
  return error;
}

void operationMain(key);
