import { loadExeca } from "../../../lib/execa";
import type { BootstrapHostKey } from "../../../lib/host/userData";
import { repository } from "../../../setup/paths";
import type { UserKey } from "./userKey";

export interface StepOutcome<Result> {
  readonly exitCode: number | undefined;
  readonly result: Result | undefined;
  /** What people read. */
  readonly said: string;
}

/** Runs a step as an update does. */
export async function runStep<Result = unknown>(
  script: string,
  input: unknown,
  key?: UserKey,
): Promise<StepOutcome<Result>> {
  const { execa } = await loadExeca();
  const { exitCode, stdout, stderr } = await execa(
    "node",
    ["--require", "tsx/cjs", `operations/steps/${script}.ts`],
    { cwd: repository, input: JSON.stringify(input), env: key?.environment ?? {}, reject: false },
  );
  return { exitCode, result: exitCode === 0 ? (JSON.parse(stdout) as Result) : undefined, said: stderr };
}

/** The key that authenticates a new machine at the first contact, as a stack makes it. */
export async function bootstrapHostKey(): Promise<BootstrapHostKey> {
  const { result, said } = await runStep<BootstrapHostKey>("bootstrapHostKey", {});
  if (result === undefined) throw new Error(said);
  return result;
}
