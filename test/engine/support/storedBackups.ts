import type { TestStack, TestStackOptions } from "../harness/stack";
import { setSecrets } from "./secrets";
import type { Store } from "./store";

/** Settings of a stack whose backups go to the store. */
export function inStore(
  store: Store,
  more: Readonly<Record<string, unknown>> = {},
): NonNullable<TestStackOptions["settings"]> {
  const { endpoint, bucket, prefix, region } = store;
  return { backups: { s3: { endpoint, bucket, prefix, region }, ...more } };
}

/** Gives a stack the key that a server has: it can add to the store and delete nothing. */
export function setStoreKey(stack: TestStack, { user }: Store): Promise<void> {
  return setSecrets(stack, {
    backupS3AccessKeyId: user.accessKeyId,
    backupS3SecretAccessKey: user.secretAccessKey,
  });
}

/** An operation of the stack that must succeed; gives what it printed. */
export async function operate(stack: TestStack, name: string, ...args: readonly string[]): Promise<string> {
  const { exitCode, output } = await stack.operation(name, "--stack", stack.name, ...args);
  if (exitCode !== 0)
    throw new Error(`${name} ${args.join(" ")} ended with exit code ${exitCode}:\n${output}`);
  return output;
}

/** Ids of the sample's notes in a database of the server. */
export async function noteIds(stack: TestStack, database = "clubhouse"): Promise<ReadonlySet<string>> {
  return new Set(await stack.queryIn(database, "SELECT id FROM notes"));
}
